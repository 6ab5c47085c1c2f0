"use strict";
// Follows the device's choice of light or dark, until the reader makes one of
// their own. Runs before the page is painted, so that nothing flashes.
const device = matchMedia("(prefers-color-scheme: dark)");
const follow = () => { document.documentElement.dataset.bsTheme = device.matches ? "dark" : "light"; };
device.addEventListener("change", follow);
follow();
