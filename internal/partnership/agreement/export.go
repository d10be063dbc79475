package agreement

import (
	"encoding/hex"

	"github.com/fourfold/fourfold/exchange/accord"
)

func exported(h *held, s *serial) Export {
	e := Export{
		Document: s.document, Hash: s.hash, Compiler: accord.CompilerVersion, Signatures: map[string]string{}, Keys: map[string]string{},
	}
	if d, err := accord.Parse([]byte(s.document)); err == nil {
		e.Compiler = d.Compiler
	}
	for _, g := range s.signatures {
		e.Signatures[g.Party] = hex.EncodeToString(g.Bytes)
	}
	for name, key := range h.keys {
		if name == party(h.org) || name == party(h.partner) {
			e.Keys[name] = hex.EncodeToString(key)
		}
	}
	return e
}
