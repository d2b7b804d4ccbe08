// The only script of our own: it starts what govuk-frontend brings, and lets the switch of the language take along what
// was typed after the answer came. Every page works without it. The two are served as one file (`assets.rs`), in which
// `initAll` is known.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// On a page that was not sent yet, the switch presses the button below the form that was typed into last, which takes
// along what is typed.
let lastTyped;
document.addEventListener("input", (event) => { lastTyped = event.target.form ?? lastTyped; });
document.querySelector("a.ms-header__language[hreflang]")?.addEventListener("click", (event) => {
  const button = lastTyped?.querySelector("button[name=redraw][lang]");
  if (!button) return;
  event.preventDefault();
  lastTyped.requestSubmit(button);
});

const languageSwitch = document.querySelector(".ms-header__switch");
languageSwitch?.addEventListener("submit", () => {
  const ofSeal = (form) => form.querySelector("[name=seal]")?.value;
  const typedInto = [...document.forms].find((form) => form !== languageSwitch && ofSeal(form) === ofSeal(languageSwitch));
  if (!typedInto || !ofSeal(typedInto)) return;
  const isTyped = (name) => name.includes("/") && !name.startsWith("secret:");
  [...languageSwitch.elements].filter((field) => isTyped(field.name)).forEach((field) => field.remove());
  for (const [name, text] of new FormData(typedInto)) {
    if (!isTyped(name) || typeof text !== "string") continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value: text });
    languageSwitch.append(field);
  }
});
