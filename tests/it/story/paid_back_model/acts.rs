//! The acts on one claim, and what each changes of what its payee may keep.

use super::{Dice, KG, Matter, PER_KG, RUPEE, looks_at_holds, paise, set_clock, today};
use crate::claim::staged_release::CertificateVerbs;
use crate::harness::people::{Answered, Verbs, at, version};
use crate::harness::recovery_people::Recovers;
use chrono::Days;
use serde_json::{Value, json};

impl Matter<'_> {
    /// Pays the first tranche that can be paid, through all desks.
    pub(super) fn pay(&mut self) -> bool {
        let open = |one: &Value| ["verified", "sanctioned"].contains(&one["status"].as_str().unwrap());
        let Some(mut tranche) = self.tranches().into_iter().find(open) else { return false };
        if tranche["status"] == "verified" {
            tranche = self.app.sanctioned(&tranche);
        }
        let ddo = self.app.disbursing_officer();
        let advised = ddo.advises(&tranche);
        if advised.status == 409 && advised.json()["code"] == "hold_expired" {
            // The bank returned it after the last day of its sanction: the service takes it back when it looks next.
            self.told.push("its sanction is over".to_owned());
            looks_at_holds(self.app);
            return true;
        }
        let advised = advised.ok();
        let (utr, on) = (self.reference("SBINR5"), today(self.app).to_string());
        let answer = ddo.confirms(&advised, &utr, &on);
        assert!(self.done("pay", &answer), "{}: {:?}", answer.text(), self.told);
        true
    }

    /// A random act. Returns 1 if a year went by with it.
    pub(super) fn act(&mut self, dice: &mut Dice, may_lapse: bool) -> u32 {
        match dice.roll(if may_lapse { 25 } else { 24 }) {
            0..=2 => self.notice(dice),
            3..=5 => self.order(dice),
            6 => self.withdraw(dice),
            7..=8 => self.demand(dice),
            9..=11 => self.receive(dice),
            12 => self.set_off(dice),
            13 => self.write_off(dice),
            14..=16 => self.bank_return(),
            17..=18 => drop(self.pay()),
            19 => self.reject(),
            20 => drop(self.release()),
            21..=22 => self.certify(dice),
            23 => self.credit_note(dice),
            _ => {
                set_clock(self.app, today(self.app) + Days::new(400));
                self.told.push("a year goes by".to_owned());
                return 1;
            }
        }
        0
    }

    fn notice(&mut self, dice: &mut Dice) {
        let Some(paid) = self.paid().into_iter().find(|one| one["status"] == "succeeded") else { return };
        let asked = [20_000, 50_000, 100_000, 150_000][dice.roll(4)] * RUPEE;
        let answer = self.app.second("section").asks_back(&paid, asked);
        if self.done("notice", &answer) {
            self.may.asked += asked;
        }
    }

    fn order(&mut self, dice: &mut Dice) {
        let Some(mut recovery) = self.recovery(dice, &["noticed", "replied"]) else { return };
        if recovery["status"] == "noticed" {
            recovery = self.app.signatory().replies_to(&recovery).ok();
        }
        let asked = paise(&recovery, "amount_paise");
        let (outcome, reduced) =
            [("confirmed", None), ("reduced", Some(asked / 200 * RUPEE)), ("dropped", None)][dice.roll(3)];
        let answer = self.app.second("authority").orders(&recovery, outcome, reduced);
        if self.done(&format!("order {outcome}"), &answer) {
            self.may.asked += paise(&answer.json(), "amount_paise") - asked;
        }
    }

    fn withdraw(&mut self, dice: &mut Dice) {
        let Some(recovery) = self.recovery(dice, &["noticed", "replied"]) else { return };
        let answer = self.app.second("section").step(&recovery, "withdrawal", json!({ "reason": "by mistake" }));
        if self.done("withdraw", &answer) {
            self.may.asked -= paise(&recovery, "amount_paise");
        }
    }

    pub(super) fn demand(&mut self, dice: &mut Dice) {
        let Some(recovery) = self.recovery(dice, &["ordered"]) else { return };
        let due = today(self.app) + Days::new(10);
        let answer = self.app.second("finance").demands(&recovery, &due.to_string());
        assert!(self.done("demand", &answer), "{}: {:?}", answer.text(), self.told);
    }

    /// All that is due on a recovery, or about half of it.
    fn receive(&mut self, dice: &mut Dice) {
        let Some(recovery) = self.recovery(dice, &["demanded"]) else { return };
        let due = paise(&recovery["statement"], "total_paise");
        self.receive_of(&recovery, if dice.roll(3) == 0 { due } else { (due / 2).max(1) });
    }

    pub(super) fn receive_of(&mut self, recovery: &Value, amount: i64) {
        let (utr, on) = (self.reference("REFUND"), today(self.app).to_string());
        let answer = self.app.second("ddo").receives(self.app, recovery, &utr, &on, amount);
        assert!(self.done("receive", &answer), "{}: {:?}", answer.text(), self.told);
    }

    fn set_off(&mut self, dice: &mut Dice) {
        let Some(recovery) = self.recovery(dice, &["demanded"]) else { return };
        let due = paise(&recovery["statement"], "total_paise");
        let answer = self.app.second("authority").orders_set_off(&recovery, (due / 2).max(1));
        self.done("set off", &answer);
    }

    fn write_off(&mut self, dice: &mut Dice) {
        let Some(recovery) = self.recovery(dice, &["demanded"]) else { return };
        let principal = paise(&recovery["statement"]["due"], "principal_paise") / 2;
        if principal == 0 {
            return;
        }
        let parts = json!({ "principal_paise": principal });
        let proposed = self.app.third("finance").proposes_relief(&recovery, "write_off", parts).ok();
        let answer = self.app.third("authority").decides_relief(&proposed, "granted");
        if self.done("write off", &answer) {
            self.may.given_up += principal;
        }
    }

    fn bank_return(&mut self) {
        let of_claim: Vec<Value> = self.paid().iter().map(|one| one["payment_id"].clone()).collect();
        let paid = self.list("/payments?status=succeeded&limit=200");
        let Some(payment) = paid.into_iter().find(|one| of_claim.contains(&one["id"])) else { return };
        let undecided = |one: &&Value| ["noticed", "replied"].contains(&one["status"].as_str().unwrap());
        let of_payment = self.paid().into_iter().find(|one| one["payment_id"] == payment["id"]).unwrap();
        let ours = self.recoveries();
        let dropped = ours.iter().filter(undecided).filter(|one| one["disbursement_id"] == of_payment["id"]);
        let dropped: i64 = dropped.map(|one| paise(one, "amount_paise")).sum();
        let answer = self.app.disbursing_officer().reports_failure(&payment, "failed_after_success");
        if self.done("bank return", &answer) {
            self.may.drop_notices(dropped);
        }
    }

    fn reject(&mut self) {
        let Some(tranche) = self.tranches().into_iter().find(|one| one["status"] == "verified") else { return };
        let answer = self.app.section_officer().rejects(&tranche);
        self.done("reject", &answer);
    }

    pub(super) fn release(&mut self) -> bool {
        let claim = self.now();
        if paise(&claim, "deferred_paise") < RUPEE {
            return false;
        }
        let path = format!("{}/tranches", at("claims", &claim));
        let answer = self.app.verifier().post(&path, version(&claim), &json!({})).unwrap();
        self.done("release", &answer)
    }

    /// What the certificate cannot undo: money that is paid, or that bank returns kept.
    fn paid_out(&self) -> i64 {
        let live = self.tranches();
        let paid: i64 =
            live.iter().filter(|one| one["status"] == "disbursed").map(|one| paise(one, "amount_paise")).sum();
        paid + self.kept()
    }

    fn certify(&mut self, dice: &mut Dice) {
        if self.may.certified.is_none() {
            let kg = [KG, KG * 3 / 4, 150, 125, 100, 60, 25, 0][dice.roll(8)];
            self.certify_kg(kg);
        }
    }

    pub(super) fn certify_kg(&mut self, kg: i64) {
        let claim = self.now();
        let turnover = paise(&claim["lines"][0], "amount_paise");
        let certificate = self.app.signatory().certifies(&claim, kg, turnover, Some("it was late")).ok();
        let paid = self.paid_out();
        let answer = self.app.verifier().accepts(&certificate, kg, turnover);
        assert!(self.done(&format!("certificate of {kg} kg"), &answer), "{}: {:?}", answer.text(), self.told);
        self.may.settle(kg * PER_KG, paid);
    }

    fn credit_note(&mut self, dice: &mut Dice) {
        let Some(entitled) = self.may.certified.filter(|entitled| *entitled > 0) else { return };
        let less = (entitled / PER_KG).min(5 + dice.roll(20) as i64);
        let claim = self.now();
        let invoice = &claim["lines"][0];
        *self.used += 1;
        let note = json!({
            "document_type": "CRN", "corrects_number": invoice["invoice_number"],
            "corrects_date": invoice["invoice_date"], "invoice_number": format!("C/{}", self.used),
            "invoice_date": today(self.app).to_string(), "party": invoice["party"], "quantity_kg": -less,
            "amount_paise": -1,
        });
        let signatory = self.app.signatory();
        let form = json!({ "notes": [note], "evidence": [signatory.attaches("credit-note")] });
        let path = format!("{}/credit-notes", at("claims", &claim));
        let stated = signatory.post(&path, version(&claim), &form).unwrap();
        assert!(self.done("credit note", &stated), "{}: {:?}", stated.text(), self.told);
        let (stated, paid) = (stated.json(), self.paid_out());
        let kg = paise(&stated, "certified_kg");
        let decided = self.app.verifier().accepts(&stated, kg, paise(&stated, "certified_amount_paise")).ok();
        let entitled = paise(&decided["claim"], "entitlement_paise");
        assert!(entitled <= kg * PER_KG && entitled <= self.may.certified.unwrap(), "{:?}", self.told);
        self.may.settle(entitled, paid);
    }
}
