// Package shelter finds a person somewhere to stay: a directory of services that reads and writes Open
// Referral HSDS 3.0, protected places of which others learn an area and never an address, and what happens
// between asking for a bed and leaving it.
//
// The rule comes first. [Judge] says whether a place can take a person, with a reason for every no, and
// [Propose] shares places among people who wait: exactly, under an order of what counts before what.
// Neither knows a nationality or an address: their types have no room for one.
//
// An address is sealed under a key of the place's own. One method opens it, [Shelters.Address], for the
// team that runs the place, with an entry in the ledger before; nothing else in the package asks the vault
// for it. See docs/adr/0027.
//
// Trust: whoever runs a place says truthfully who can stay and how many beds are free. Areas are as
// coarse as the organisation keeps them; an area with one house in it gives the house away.
package shelter
