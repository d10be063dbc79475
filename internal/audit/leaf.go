package audit

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/ledger"
)

// The keys of a Detail that have a field of their own in the entry that the log commits to.
const (
	purposeKey   = "purpose"
	scopeKey     = "scope"
	reasonKey    = "reason"
	erasedKey    = "erased"    // indices of leaves, with spaces between them
	erasedInKey  = "erased-in" // origin of their log
	approversKey = "approvers" // two accounts, with a space between them
)

// committed returns the entry to which the log commits.
func (e *Entry) committed() (ledger.Entry, error) {
	c := ledger.Entry{
		Version: 1, ID: e.ID, Ordinal: e.Ordinal, Kind: e.Kind, At: e.At.UnixMicro(), Org: e.Org,
		Actor: e.Actor, Person: e.Person, Object: e.Subject,
	}
	if c.Object == c.Person {
		c.Object = ""
	}
	rest := maps.Clone(e.Detail)
	for key, field := range map[string]*string{purposeKey: &c.Purpose, scopeKey: &c.Scope, reasonKey: &c.Reason} {
		if v := rest[key]; v != "" {
			*field = v
			delete(rest, key)
		}
	}
	if e.Kind == Erasure {
		c.ErasedIn = rest[erasedInKey]
		c.Approvers = strings.Fields(rest[approversKey])
		for field := range strings.FieldsSeq(rest[erasedKey]) {
			i, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				return ledger.Entry{}, fmt.Errorf("audit: erased leaf %q is not a number", field)
			}
			c.Erased = append(c.Erased, i)
		}
		delete(rest, erasedInKey)
		delete(rest, approversKey)
		delete(rest, erasedKey)
	}
	if len(rest) > 0 {
		c.Detail = rest
	}
	return c, nil
}

// recalled returns the entry as it was appended, from what the log commits to.
func recalled(c ledger.Entry) Entry {
	e := Entry{
		ID: c.ID, Ordinal: c.Ordinal, At: time.UnixMicro(c.At).UTC(), Org: c.Org, Actor: c.Actor, Kind: c.Kind,
		Subject: c.Object, Person: c.Person, Detail: map[string]string{},
	}
	if e.Subject == "" {
		e.Subject = e.Person
	}
	maps.Copy(e.Detail, c.Detail)
	for key, v := range map[string]string{
		purposeKey: c.Purpose, scopeKey: c.Scope, reasonKey: c.Reason, erasedInKey: c.ErasedIn, approversKey: strings.Join(c.Approvers, " "),
	} {
		if v != "" {
			e.Detail[key] = v
		}
	}
	if len(c.Erased) > 0 {
		var b strings.Builder
		for _, i := range c.Erased {
			b.WriteString(" " + strconv.FormatInt(i, 10))
		}
		e.Detail[erasedKey] = b.String()[1:]
	}
	return e
}

// pack puts salt and canonical entry together, as they are sealed.
func pack(salt ledger.Salt, canonical []byte) []byte {
	return append(salt[:len(salt):len(salt)], canonical...)
}

// unpack is the reverse of pack.
func unpack(content []byte) (salt ledger.Salt, canonical []byte, err error) {
	if len(content) <= len(salt) {
		return salt, nil, fmt.Errorf("audit: sealed entry of %d bytes", len(content))
	}
	return ledger.Salt(content[:len(salt)]), content[len(salt):], nil
}
