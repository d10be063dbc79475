package notify

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

// post is a mail server on this machine that speaks SMTP (RFC 5321) and keeps all it was told.
type post struct {
	gateway Gateway
	plain   bool // offers no encryption
	refuses string
	mu      sync.Mutex
	clear   strings.Builder // what came before encryption
	said    strings.Builder // what came within it
	letters []string
}

func newPost(t *testing.T, name string, change func(*post)) *post {
	t.Helper()
	cert, pool := certificate(t, name)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &post{gateway: Gateway{
		Host: "localhost", Port: l.Addr().(*net.TCPAddr).Port, Sender: "node@example.org", Login: "node",
		Password: private.New("gateway-password"), roots: &tls.Config{RootCAs: pool},
	}}
	if change != nil {
		change(p)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.serve(conn, &tls.Config{Certificates: []tls.Certificate{cert}}) })
		}
	})
	return p
}

func certificate(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}

func (p *post) serve(conn net.Conn, conf *tls.Config) {
	defer func() { _ = conn.Close() }()
	secure := p.gateway.encrypted
	if secure {
		conn = tls.Server(conn, conf)
	}
	_, _ = conn.Write([]byte("220 localhost\r\n"))
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		p.mu.Lock()
		if secure {
			p.said.WriteString(line)
		} else {
			p.clear.WriteString(line)
		}
		p.mu.Unlock()
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		answer := "250 good"
		switch strings.ToUpper(verb) {
		case "EHLO":
			answer = "250-localhost\r\n250 AUTH PLAIN"
			if !secure && !p.plain {
				answer = "250-localhost\r\n250-AUTH PLAIN\r\n250 STARTTLS"
			}
		case "STARTTLS":
			if p.plain {
				answer = "502 not here"
				break
			}
			_, _ = conn.Write([]byte("220 go on\r\n"))
			conn, secure = tls.Server(conn, conf), true
			r = bufio.NewReader(conn)
			continue
		case "AUTH":
			answer = "235 good"
		case "DATA":
			_, _ = conn.Write([]byte("354 go on\r\n"))
			p.take(r)
		case "QUIT":
			answer = "221 bye"
		}
		if p.refuses != "" && strings.EqualFold(verb, p.refuses) {
			answer = "550 no"
		}
		_, _ = conn.Write([]byte(answer + "\r\n"))
	}
}

func (p *post) take(r *bufio.Reader) {
	var letter strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == ".\r\n" {
			break
		}
		letter.WriteString(line)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.letters = append(p.letters, letter.String())
}

var sample = Letter{To: "worker@example.org", Subject: "رسالة (invented)", Text: "There is a message.\nSign in to read it."}

func TestSend(t *testing.T) {
	for name, change := range map[string]func(*post){
		"STARTTLS":      nil,
		"TLS at once":   func(p *post) { p.gateway.encrypted = true },
		"without login": func(p *post) { p.gateway.Login, p.gateway.Password = "", private.Text{} },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, "localhost", change)
			if err := p.gateway.Send(t.Context(), sample, time.Unix(1e9, 0)); err != nil {
				t.Fatal(fault.Cause(err))
			}
			m, err := mail.ReadMessage(strings.NewReader(p.letters[0]))
			if err != nil {
				t.Fatal(err)
			}
			if m.Header.Get("To") != sample.To || m.Header.Get("Auto-Submitted") != "auto-generated" || strings.Contains(m.Header.Get("Subject"), "رسالة") {
				t.Errorf("headers: %v", m.Header)
			}
			if strings.Contains(p.clear.String(), "AUTH") || strings.Contains(p.clear.String(), "MAIL") {
				t.Errorf("before encryption: %q", p.clear.String())
			}
		})
	}
}

// Without encryption, or before somebody else's certificate, neither password nor letter is said.
func TestSendOnlyInConfidence(t *testing.T) {
	for name, p := range map[string]*post{
		"no encryption":      newPost(t, "localhost", func(p *post) { p.plain = true }),
		"another's name":     newPost(t, "mail.example.net", nil),
		"a foreign issuer":   newPost(t, "localhost", func(p *post) { p.gateway.roots = &tls.Config{RootCAs: x509.NewCertPool()} }),
		"nobody there":       {gateway: Gateway{Host: "localhost", Port: 1, Sender: "node@example.org"}},
		"TLS at once, plain": newPost(t, "mail.example.net", func(p *post) { p.gateway.encrypted = true }),
	} {
		err := p.gateway.Send(t.Context(), sample, time.Now())
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
		p.mu.Lock()
		if all := p.clear.String() + p.said.String(); strings.Contains(all, "AUTH") || strings.Contains(all, "example.org") || len(p.letters) > 0 {
			t.Errorf("%s: it was said all the same: %q", name, all)
		}
		p.mu.Unlock()
	}
	for _, verb := range []string{"AUTH", "MAIL", "RCPT", "DATA"} {
		p := newPost(t, "localhost", func(p *post) { p.refuses = verb })
		if err := p.gateway.Send(t.Context(), sample, time.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s refused: %v", verb, err)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, bad := range []string{
		"", "a", "a@", "@b", "A <a@b.example>", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "<a@b.example>",
		strings.Repeat("a", 250) + "@b.example",
	} {
		if _, err := Address(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := Address("a.b+c@d.example"); err != nil {
		t.Error(err)
	}
}

func TestSubjectStaysOnItsLine(t *testing.T) {
	l := Letter{To: "a@b.example", Subject: "one\r\nBcc: c@d.example", Text: ".\r\n.\n"}
	m, err := mail.ReadMessage(strings.NewReader(l.format("n@b.example", time.Now())))
	if err != nil || m.Header.Get("Bcc") != "" {
		t.Errorf("%v, %v", m.Header, err)
	}
}
