package web

// passkeyButton is the part "passkey": a button that a script brings to life. Without scripts it is
// not shown.
type passkeyButton struct {
	Page      Page
	Kind      string // "in" uses a passkey, "new" makes one
	Ask, Send string
	Label     string
	Second    bool // another way stands before it
}

// Passkey is the button on the page for signing in.
func (p signInPage) Passkey() passkeyButton {
	return passkeyButton{Page: p.Page, Kind: "in", Ask: "/sign-in/passkey/ask", Send: "/sign-in/passkey", Label: p.T("Sign in with a passkey")}
}

// Passkey is the button on the lock page.
func (p lockedPage) Passkey() passkeyButton {
	label := p.T("Unlock with a passkey")
	if p.Prove {
		label = p.T("Show it with a passkey")
	}
	send := "/locked/passkey?" + backQuery(p.Return)
	return passkeyButton{Page: p.Page, Kind: "in", Ask: "/sign-in/passkey/ask", Send: send, Label: label}
}

// Passkey is the button that makes a passkey, for somebody who has none yet.
func (p newSignInPage) Passkey() passkeyButton { return newPasskey(p.Page, false) }

// Passkey is the button that makes another passkey.
func (p securityPage) Passkey() passkeyButton { return newPasskey(p.Page, true) }

func newPasskey(p Page, second bool) passkeyButton {
	label := p.T("Make a passkey")
	if second {
		label = p.T("Add a passkey")
	}
	return passkeyButton{Page: p, Kind: "new", Ask: "/security/passkeys/ask", Send: "/security/passkeys", Label: label, Second: second}
}
