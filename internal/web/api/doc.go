// Package api is the JSON interface of a node: /api/v1, described by OpenAPI 3.1.
//
// It offers what the pages offer by calling the same room methods, so figures and their hash are
// the same on both; the pages never call it. Whoever asks shows a bearer token and acts with the
// rights of the token's account. Cookies are never read, so a page in somebody's browser cannot
// borrow a session here.
//
// Trust: every request is hostile until its token was found. An error never repeats what was sent,
// because a query can hold what must not lie in the log of the asking program; and an object that
// the token may not read is answered like one that does not exist. No answer is kept by a cache.
package api
