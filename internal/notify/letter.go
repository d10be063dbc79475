package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

// Gateway is the server that takes letters, and how to speak to it.
type Gateway struct {
	Host   string // name, as in its certificate
	Port   int    // 465 begins encrypted; every other port must offer STARTTLS
	Sender string // address that letters come from
	Login  string // "" for none
	// Password is used only over an encrypted connection.
	Password private.Text
	// roots verify the server's certificate; nil means those of the machine. encrypted begins with TLS
	// on a port that is not known for it. Tests set both.
	roots     *tls.Config
	encrypted bool
}

// begins reports whether encryption comes before the first word.
func (g Gateway) begins() bool { return g.encrypted || g.Port == implicitTLS }

// implicitTLS is the port on which encryption comes before the first word (RFC 8314).
const implicitTLS = 465

// Letter is a message that leaves the machine. Whoever holds the receiver's telephone reads it, and so
// does every server on its way: its words come from [Words], and nothing of a notice is among them.
type Letter struct {
	To      string // an address
	Subject string
	Text    string
}

// Check refuses a gateway that cannot work or would send a letter in clear.
func (g Gateway) Check() error {
	f := fault.New(fault.Invalid, "The mail server cannot be used like this.")
	if g.Host == "" || strings.ContainsAny(g.Host, " /:@\r\n") {
		f = f.WithField("host", "Give the name of the server, such as mail.example.org.")
	}
	if g.Port < 1 || g.Port > 65535 {
		f = f.WithField("port", "Give its port, such as 465 or 587.")
	}
	if _, err := Address(g.Sender); err != nil {
		f = f.WithField("sender", "This is not an address.")
	}
	if (g.Login == "") != g.Password.IsZero() {
		f = f.WithField("login", "Login and password belong together.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Address reads a bare address, without a name, of at most 254 bytes.
func Address(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > 254 || strings.ContainsAny(s, "\r\n<>") {
		return "", fault.New(fault.Invalid, "This is not an address for letters.").WithHint("Write it like name@example.org, and nothing else.")
	}
	return s, nil
}

// patience bounds one letter, from the first byte to the last.
const patience = 30 * time.Second

// Send hands a letter to the gateway. It never speaks of the letter, or sends a password, before the
// connection is encrypted and the server's certificate verified. The error is [fault.Unavailable] for a
// server that cannot be reached or trusted, and [fault.Invalid] for one that refuses the letter.
func (g Gateway) Send(ctx context.Context, l Letter, at time.Time) error {
	if err := g.Check(); err != nil {
		return err
	}
	if _, err := Address(l.To); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := g.dial(ctx)
	if err != nil {
		return fault.New(fault.Unavailable, "The mail server cannot be reached, or is not who it should be.").
			WithHint("Check its name, port and certificate.").Wrap(err)
	}
	defer func() { _ = c.Close() }()
	if err := g.hand(c, l, at); err != nil {
		return fault.New(fault.Invalid, "The mail server refused the letter.").
			WithHint("Check login, password and addresses.").Wrap(err)
	}
	_ = c.Quit() // the letter is taken; how the server says goodbye does not matter
	return nil
}

func (g Gateway) dial(ctx context.Context) (*smtp.Client, error) {
	conf := &tls.Config{}
	if g.roots != nil {
		conf = g.roots.Clone()
	}
	conf.ServerName, conf.MinVersion = g.Host, tls.VersionTLS12
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(g.Host, strconv.Itoa(g.Port)))
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	if g.begins() {
		conn = tls.Client(conn, conf)
	}
	c, err := smtp.NewClient(conn, g.Host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	// The greeting must not tell this machine's name.
	if err := c.Hello("localhost"); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if g.begins() {
		return c, nil
	}
	if err := c.StartTLS(conf); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (g Gateway) hand(c *smtp.Client, l Letter, at time.Time) error {
	if g.Login != "" {
		if err := c.Auth(smtp.PlainAuth("", g.Login, g.Password.Reveal("log in to the mail server"), g.Host)); err != nil {
			return err
		}
	}
	if err := c.Mail(g.Sender); err != nil {
		return err
	}
	if err := c.Rcpt(l.To); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(l.format(g.Sender, at))); err != nil {
		return err
	}
	return w.Close()
}

// format returns the letter as it is sent (RFC 5322).
func (l Letter) format(sender string, at time.Time) string {
	var b strings.Builder
	for _, h := range [][2]string{
		{"From", sender},
		{"To", l.To},
		{"Subject", mime.QEncoding.Encode("utf-8", strings.Map(line, l.Subject))},
		{"Date", at.UTC().Format(time.RFC1123Z)},
		{"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(strings.ReplaceAll(l.Text, "\n", "\r\n"))) // a strings.Builder takes everything
	_ = w.Close()
	b.WriteString("\r\n")
	return b.String()
}

// line keeps a header on one line.
func line(r rune) rune {
	if r < ' ' || r == 0x7F {
		return -1
	}
	return r
}
