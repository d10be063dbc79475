// Package web serves the pages of a node: one route table, typed pages, one renderer of errors.
//
// Trust: everything that arrives is hostile until checked. The route table (routes.go) is the only
// place where a path is opened to somebody; whoever may not see a page gets the same answer as for
// a page that does not exist. Pages carry only what the reader may see: hiding something in a
// template is a defect. No page holds an inline script, style or handler, no page asks a third
// party for anything, and no answer but a static file is kept by a browser.
//
// A handler is func(w, r) error. It calls one method of a room, fills one typed page that embeds
// [Page], and renders it. What it returns as an error becomes the error page, in the reader's
// language, with the status of its kind.
package web
