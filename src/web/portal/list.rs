//! What every list shares: a filter by status, and its pages, which are numbered from 1.

use crate::web::edge::problem::Problem;
use crate::web::edge_reason::EdgeReason;
use crate::web::portal::page::Page;
use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde::Deserialize;
use std::fmt::Display;
use std::str::FromStr;

/// How many rows a page of a list has.
pub const ROWS: i64 = 20;

/// Which part of a list is asked for. An empty status is none.
#[derive(Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    status: String,
    page: Option<i64>,
}

/// A page of a list: its number, and the address of every page of this list with its filter.
pub struct Place {
    /// 1 for the first page.
    pub number: i64,
    /// What comes before the number in an address.
    address: String,
}

/// The ways to the pages beside the shown one.
pub struct Neighbours {
    pub newer: Option<String>,
    pub older: Option<String>,
}

/// The status that a list is narrowed to, with the choices of its filter.
pub struct StatusFilter<S> {
    path: &'static str,
    pub status: Option<S>,
}

/// One status of a filter.
pub struct Choice {
    pub word: String,
    pub name: String,
    pub is_chosen: bool,
}

impl Place {
    /// The page that is asked for, of the list at an address after the language.
    pub fn of(page: &Page, path: &str, query: &ListQuery) -> Place {
        Place { number: query.page.unwrap_or(1).max(1), address: page.to(&format!("{path}?page=")) }
    }

    fn address(&self, number: i64) -> String {
        format!("{}{number}", self.address)
    }

    /// The rows on this page, of a list that was read whole.
    pub fn part<T: Clone>(&self, all: &[T]) -> Vec<T> {
        let count = |rows: i64| usize::try_from(rows).unwrap_or(usize::MAX);
        let before = count(self.number.saturating_sub(1).saturating_mul(ROWS));
        all.iter().skip(before).take(count(ROWS)).cloned().collect()
    }

    /// The number of the last page of so many rows.
    fn last(all: i64) -> i64 {
        (all.saturating_sub(1) / ROWS).saturating_add(1)
    }

    /// The pages beside this one, of a list with so many rows.
    pub fn neighbours(&self, all: i64) -> Neighbours {
        Neighbours {
            newer: (self.number > 1).then(|| self.address(self.number - 1)),
            older: (self.number < Place::last(all)).then(|| self.address(self.number + 1)),
        }
    }

    /// Where a page leads that was there once: to the last one, with the same filter. `None` if the page is there.
    pub fn last_instead(&self, all: i64) -> Option<HttpResponse> {
        let last = Place::last(all);
        (self.number > last).then(|| HttpResponse::SeeOther().insert_header((LOCATION, self.address(last))).finish())
    }
}

impl<S: Copy + Display + PartialEq + FromStr<Err = String>> StatusFilter<S> {
    /// The status that is asked for; one that does not exist is a problem.
    pub fn of(path: &'static str, query: &ListQuery) -> Result<StatusFilter<S>, Problem> {
        let status = match query.status.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_: String| Problem::because("bad_parameter", EdgeReason::Address))?),
        };
        Ok(StatusFilter { path, status })
    }

    /// The page that is asked for, of the list with this filter.
    pub fn place(&self, page: &Page, query: &ListQuery) -> Place {
        let mut place = Place::of(page, self.path, query);
        if let Some(status) = self.status {
            place.address = page.to(&format!("{}?status={status}&page=", self.path));
        }
        place
    }

    /// Where the form of the filter is sent.
    pub fn action(&self, page: &Page) -> String {
        page.to(self.path)
    }

    /// Every status, named by the words of a kind.
    pub fn choices(&self, page: &Page, kind: &str, all: &[S]) -> Vec<Choice> {
        let choice = |status: &S| Choice {
            word: status.to_string(),
            name: page.word(kind, status),
            is_chosen: self.status == Some(*status),
        };
        all.iter().map(choice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(number: i64) -> Place {
        Place { number, address: "/en/claims?page=".to_owned() }
    }

    #[test]
    fn every_page_has_its_neighbours_and_none_beyond() {
        let ways = |number, all| {
            let found = place(number).neighbours(all);
            (found.newer.is_some(), found.older.is_some())
        };
        assert_eq!([ways(1, 0), ways(1, 20), ways(1, 21)], [(false, false), (false, false), (false, true)]);
        assert_eq!([ways(2, 21), ways(2, 41)], [(true, false), (true, true)]);
        assert_eq!(place(2).neighbours(41).older.as_deref(), Some("/en/claims?page=3"));
    }

    #[test]
    fn a_page_beyond_the_end_leads_to_the_last_one() {
        let to = |number, all| {
            let answer = place(number).last_instead(all)?;
            Some(answer.headers().get(LOCATION).unwrap().to_str().unwrap().to_owned())
        };
        assert_eq!([to(1, 0), to(1, 20), to(2, 21)], [None, None, None]);
        assert_eq!(to(2, 20).as_deref(), Some("/en/claims?page=1"));
        assert_eq!(to(i64::MAX, 41).as_deref(), Some("/en/claims?page=3"));
    }
}
