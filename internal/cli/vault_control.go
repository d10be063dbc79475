package cli

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// A running node takes orders about its vault from commands on the same machine: on a port of the
// loopback address that it chooses, from whoever can read a file in the data folder. The file holds the
// port and a secret of this run; it is closed to other users, as the keyring beside it is.

// controlName begins the names of the files by which running nodes are found.
const controlName = "running-"

// control is the content of such a file.
type control struct {
	Address string `json:"address"`
	Secret  string `json:"secret"`
	path    string
}

// order is what a command asks of a running node.
type order struct {
	// Phrase unlocks; it may be empty.
	Phrase string `json:"phrase,omitempty"`
}

// reply is the answer of a running node.
type reply struct {
	Locked bool       `json:"locked"`
	Error  string     `json:"error,omitempty"`
	Hint   string     `json:"hint,omitempty"`
	Kind   fault.Kind `json:"kind,omitempty"`
}

// obey starts taking orders for a node. stop ends it and removes the file.
func obey(ctx context.Context, a *app.App, dir string, logger *slog.Logger) (stop func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The node cannot take orders from this machine.").Wrap(err)
	}
	c := control{Address: l.Addr().String(), Secret: rand.Text() + rand.Text(), path: filepath.Join(dir, controlName+rand.Text())}
	if err := c.write(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	server := &http.Server{
		Handler: c.handler(a, logger), ReadHeaderTimeout: headerPatience, ReadTimeout: headerPatience, WriteTimeout: time.Minute,
		MaxHeaderBytes: 4 << 10, BaseContext: func(net.Listener) context.Context { return requests },
		ErrorLog: slog.NewLogLogger(quiet{logger.Handler()}, slog.LevelWarn),
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l) // ends with Close
	}()
	return func() {
		cancel()
		_ = server.Close()
		<-ended
		_ = os.Remove(c.path) // one that stays is found dead by the next command
	}, nil
}

func (c control) write() error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(c.path), 0o700); err != nil {
		return cannotWrite(c.path, err)
	}
	if err := os.WriteFile(c.path, text, 0o600); err != nil {
		return cannotWrite(c.path, err)
	}
	return nil
}

// provenBy is the header in which a node proves that it is the one that wrote the file.
const provenBy = "Fourfold-Proof"

// prove shows that one knows the secret without telling it: a node that was killed leaves its file, and
// another user of the machine may have its port now.
func (c control) prove(side, nonce, path string) string {
	mac := hmac.New(sha256.New, []byte(c.Secret))
	_, _ = io.WriteString(mac, "fourfold/control/v1\x00"+side+"\x00"+nonce+"\x00"+path)
	return hex.EncodeToString(mac.Sum(nil))
}

// handler answers orders of who knows the secret. Everything else gets one answer.
func (c control) handler(a *app.App, logger *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	answer := func(act string, do func(context.Context, order) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var o order
			err := json.NewDecoder(io.LimitReader(r.Body, 4<<10)).Decode(&o)
			if err == nil {
				err = do(r.Context(), o)
			}
			if err == nil && act != "" {
				logger.InfoContext(r.Context(), "vault", "act", act)
				// The record comes after: a lock is not held up by a database that does not answer.
				if noted := a.Vault.Note(r.Context(), auth.ViaCLI, act); noted != nil {
					logger.WarnContext(r.Context(), "the act was not recorded", "act", act, "cause", fault.Cause(noted))
				}
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(replyOf(a.Vault, err))
		}
	}
	mux.HandleFunc("POST /vault/status", answer("", func(context.Context, order) error { return nil }))
	mux.HandleFunc("POST /vault/lock", answer("lock", func(context.Context, order) error {
		a.Vault.Lock()
		return nil
	}))
	mux.HandleFunc("POST /vault/unlock", answer("unlock", func(ctx context.Context, o order) error {
		return a.Vault.UnlockWith(ctx, private.New(o.Phrase))
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce, proof, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !hmac.Equal([]byte(proof), []byte(c.prove("order", nonce, r.URL.Path))) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set(provenBy, c.prove("answer", nonce, r.URL.Path))
		mux.ServeHTTP(w, r)
	})
}

func replyOf(v *vault.Vault, err error) reply {
	a := reply{Locked: v.Locked()}
	if err == nil {
		return a
	}
	a.Error = "The node could not do it; its log says why."
	if e, ok := fault.As(err); ok && e.Kind != fault.Internal {
		a.Error = e.Error()
		if e.Hint != "" {
			a.Hint = (&fault.Error{Msg: e.Hint, Args: e.HintArgs}).Error()
		}
	}
	a.Kind = fault.KindOf(err)
	return a
}

// fault is the error that a running node answered with, or nil.
func (a reply) fault() error {
	if a.Error == "" {
		return nil
	}
	err := fault.New(a.Kind, "%s", a.Error)
	if a.Kind == fault.Internal {
		err.Kind = fault.Unavailable
	}
	if a.Hint != "" {
		err = err.WithHint("%s", a.Hint)
	}
	return err
}

// nodesRunning returns the running nodes of a data folder. Files that dead ones left are removed.
func nodesRunning(ctx context.Context, dir string) ([]control, error) {
	paths, err := filepath.Glob(filepath.Join(escapeGlob(dir), controlName+"*"))
	if err != nil {
		return nil, err
	}
	var all []control
	for _, path := range paths {
		text, err := os.ReadFile(path)
		c := control{path: path}
		if err != nil || json.Unmarshal(text, &c) != nil {
			continue
		}
		if _, err := c.order(ctx, "status", order{}); errors.Is(err, errDead) {
			_ = os.Remove(path)
			continue
		}
		all = append(all, c)
	}
	return all, nil
}

// escapeGlob makes a path match itself only.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return path // no escapes there; folders of nodes have no stars in their names
	}
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`, `\`, `\\`).Replace(path)
}

var errDead = errors.New("nobody listens there")

// order gives an order to a running node.
func (c control) order(ctx context.Context, act string, o order) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	body, err := json.Marshal(o)
	if err != nil {
		return reply{}, err
	}
	defer clear(body)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.Address+"/vault/"+act, bytes.NewReader(body))
	if err != nil {
		return reply{}, errDead
	}
	nonce := rand.Text()
	req.Header.Set("Authorization", nonce+" "+c.prove("order", nonce, req.URL.Path))
	// Never through a proxy: the order goes to this machine alone.
	client := http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, fmt.Errorf("%w: %w", errDead, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if !hmac.Equal([]byte(resp.Header.Get(provenBy)), []byte(c.prove("answer", nonce, req.URL.Path))) {
		return reply{}, errDead
	}
	var a reply
	if resp.StatusCode != http.StatusOK || json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&a) != nil {
		return reply{}, errDead // another program has the port now
	}
	return a, nil
}
