// What is nicer with a script. Everything works without one.
"use strict";

document.getElementById("errors")?.focus();

const body = document.querySelector("textarea[data-longest]");

if (body) {
  const left = document.getElementById("body-left");
  const longest = Number(body.dataset.longest);
  const count = () => {
    const rest = longest - body.value.length;
    left.textContent = rest < 0 ? `${-rest} characters too many` : `${rest} characters left`;
  };
  body.addEventListener("input", count);
  count();
}

const picture = document.getElementById("picture");

picture?.addEventListener("change", () => {
  const file = picture.files[0];

  if (!file || !/^image\/(png|jpeg)$/.test(file.type)) {
    return;
  }

  const reader = new FileReader();
  reader.addEventListener("load", () => {
    const shown = new Image(40, 40);
    shown.className = "face";
    shown.alt = "The picture that you chose";
    shown.src = reader.result;
    document.getElementById("portrait").replaceChildren(shown);
  });
  reader.readAsDataURL(file);
});
