// Package linkage tells which records may be of one person.
package linkage

// Version names the numerical behaviour of the package. Keep it with every stored result.
const Version = "linkage/1"
