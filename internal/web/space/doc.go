// Package space serves a person's own page, on a host of its own: its routes, its cookies, its policy, and
// no word, address, title or picture that says what it is. It shows nothing of the node: no name of the
// program or of an organisation, no staff page, and no staff cookie counts here.
//
// Trust: everything that arrives is hostile until checked, and whoever looks over the person's shoulder, or
// at the telephone later, is expected. Every answer but the style sheet is kept by no browser; who has left
// is out on the node, and going back shows the first page, as it stands for everybody.
//
// The texts on these pages are read by people who may be watched. They use plain words and none of the
// field's; a test looks for these.
package space
