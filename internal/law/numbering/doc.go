// Package numbering reads the numbers of provisions as laws write them: 18a, 177 bis, 149-A, 143¹,
// 271.7A, 225-4-1, ٥, 第三百五十八条之一. A number is a whole number followed by suffixes; numbers of one law
// have an order, and each has a slug that fits an identifier.
//
// What one language takes for a suffix another takes for a word: "§ 5 bis 7" is a range in German, "177 bis"
// a number in Italian. So [Range] asks for the language, and [Parse] reads one number only.
//
// Trust: any text may come in. Nothing panics, and what is no number is an error that names the place.
package numbering
