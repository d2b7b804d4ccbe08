// The only script of our own: it starts what govuk-frontend brings. Every page works without it. The two are served as
// one file (`assets.rs`), in which `initAll` is known.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
