// Package referral carries a person's need to another organisation, and the case itself when it goes over.
//
// A [Referral] is drafted in a case, looked at field by field, and sent blind: the kind of help, an age
// group, languages, who comes along, what access and safety need, and nothing by which somebody could be
// known. Who the person is leaves when the other side has accepted, and then only what a signed agreement,
// the purpose and the person's consent or a legal basis have in common. That is decided when it is sent
// and once more when it leaves. A transfer is a referral after which the other side holds the case.
//
// Each side keeps a row of its own. [End] is the rule of one side, without database or clock: it says what
// the side may do and what it makes of a message, in whatever order and however often messages arrive. Before
// acceptance nothing of the person is stored at the receiving side: what the inbox shows of a blind need is
// opened at the sender, whose ledger says so. Afterwards the receiver has a copy under its own keys, in a
// case of its own.
//
// Taking back: when a share loses its ground the referral is recalled in the same transaction. A copy that
// is there already is shown to nobody until the receiver has answered: destroyed, or kept on a ground of law.
//
// Trust: the room trusts the case file for who may see a case, package consent for what carries a disclosure,
// and the agreements it is given for what was signed. Whoever received something lawfully can copy it.
package referral
