// Package e2e drives the built program with a real browser, as its readers use it: every page of
// the route table in every language at desk and telephone width, and the journeys that matter.
//
// The tests start the program itself (the demo, and the setup wizard) as a child process with a
// throw-away folder, and Debian's Chromium against it over the loopback address. Nothing else is
// asked for over a network. The accessibility rules are axe-core's, vendored unmodified in axe/.
// Pictures of every page are left in artefacts/ for people to look at; no test compares them.
//
// The program is built by the tests, so the cache of results does not notice a change of it: run them with -count=1.
//
// It is a module of its own, so that the browser driver never enters the product.
package e2e
