// Package browser drives the built program in a real browser, as people do: by
// the words that stand on buttons and fields, in both languages, with and
// without JavaScript. It also holds every page against WCAG (axe-core), at
// three widths and in both themes, and makes the pictures of the guides. It has
// nothing but its tests; what the program answers is tested in package app.
package browser
