"use strict";
for (const figure of document.querySelectorAll("figure.moves")) {
  const picture = figure.querySelector("svg");
  const [left, top, wide, high] = picture.getAttribute("viewBox").split(" ").map(Number);
  const seen = { x: left, y: top, part: 1 };
  const show = () => picture.setAttribute("viewBox", [seen.x, seen.y, wide * seen.part, high * seen.part].join(" "));
  const zoom = (factor, x, y) => {
    const part = Math.min(1, Math.max(0.04, seen.part * factor));
    seen.x = Math.min(left + wide * (1 - part), Math.max(left, seen.x + wide * (seen.part - part) * x));
    seen.y = Math.min(top + high * (1 - part), Math.max(top, seen.y + high * (seen.part - part) * y));
    seen.part = part;
    show();
  };
  const move = (x, y) => {
    seen.x = Math.min(left + wide * (1 - seen.part), Math.max(left, seen.x - x * wide * seen.part));
    seen.y = Math.min(top + high * (1 - seen.part), Math.max(top, seen.y - y * high * seen.part));
    show();
  };
  const tools = document.createElement("div");
  tools.className = "tools";
  const buttons = [
    ["+", "Larger", () => zoom(0.7, 0.5, 0.5)],
    ["−", "Smaller", () => zoom(1 / 0.7, 0.5, 0.5)],
    ["←", "To the left", () => move(0.2, 0)],
    ["→", "To the right", () => move(-0.2, 0)],
    ["↑", "Up", () => move(0, 0.2)],
    ["↓", "Down", () => move(0, -0.2)],
    ["Whole", "The whole picture", () => zoom(1 / seen.part, 0, 0)],
  ];
  for (const [text, said, act] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.setAttribute("aria-label", said);
    button.addEventListener("click", act);
    tools.append(button);
  }
  picture.parentElement.before(tools);
  picture.classList.add("moving");
  picture.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = picture.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 0.85 : 1 / 0.85, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }, { passive: false });
  let held = null;
  picture.addEventListener("pointerdown", (event) => {
    held = [event.clientX, event.clientY];
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => {
    if (!held) return;
    const box = picture.getBoundingClientRect();
    move((event.clientX - held[0]) / box.width, (event.clientY - held[1]) / box.height);
    held = [event.clientX, event.clientY];
  });
  for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, () => { held = null; });
}
