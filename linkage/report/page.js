"use strict";
for (const figure of document.querySelectorAll("figure.moves")) {
  // The same picture for a page and for a telephone: one of them is shown. Places are shares of its plane.
  const pictures = [...figure.querySelectorAll("svg")].map((picture) => ({
    picture, box: picture.getAttribute("viewBox").split(" ").map(Number),
  }));
  const seen = { x: 0, y: 0, part: 1 };
  const within = (value) => Math.min(1 - seen.part, Math.max(0, value));
  const show = () => {
    for (const { picture, box: [left, top, wide, high] } of pictures) {
      const view = [left + seen.x * wide, top + seen.y * high, wide * seen.part, high * seen.part];
      picture.setAttribute("viewBox", view.join(" "));
    }
  };
  const zoom = (factor, x, y) => {
    const part = Math.min(1, Math.max(0.04, seen.part * factor));
    const [dx, dy] = [(seen.part - part) * x, (seen.part - part) * y];
    seen.part = part;
    seen.x = within(seen.x + dx);
    seen.y = within(seen.y + dy);
    show();
  };
  const move = (x, y) => {
    seen.x = within(seen.x - x * seen.part);
    seen.y = within(seen.y - y * seen.part);
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
  pictures[0].picture.before(tools);
  for (const { picture } of pictures) {
    picture.classList.add("moving");
    picture.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const box = picture.getBoundingClientRect();
      const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      zoom(event.deltaY < 0 ? 0.85 : 1 / 0.85, x, y);
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
}
