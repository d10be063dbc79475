package archtest

import "slices"

// module is the path under which everything of ours is imported.
const module = "github.com/fourfold/fourfold"

// row says what the packages below one prefix may import besides the standard library.
// The longest prefix that fits a package decides.
type row struct {
	prefix  string   // package path below the module
	may     []string // prefixes of our packages that it may import; its own is not implied
	modules []string // import path prefixes of other people's modules
	pure    bool     // no files, network, database or log of the machine, but for those in std
	std     []string // what a pure package may still have of the standard library
	tests   []string // what its tests may import besides: packages of ours, or modules
	why     string
}

// The rooms of the house. They never import each other: what needs two of them belongs in app.
var rooms = []row{
	{prefix: "internal/law", why: "instruments, provisions, treaty acts, findings"},
	{prefix: "internal/protection", why: "person, consent, identification, support, referral, shelter"},
	{prefix: "internal/prosecution", why: "investigation, intelligence, evidence, proceedings"},
	{prefix: "internal/prevention", why: "campaign, training, outreach, reports from the public"},
	{prefix: "internal/partnership", why: "partner, agreement, exchange, matching, task force"},
	{prefix: "internal/evaluation", why: "indicator, survey, review, publication; labels of foreign files are normalised", modules: []string{"golang.org/x/text"}},
}

// The ground floor, from the bottom up. Each may import those before it, never one after it and
// never a room.
var ground = []row{
	{prefix: "internal/fault", why: "the one error type: everything may fail, so it imports nothing"},
	{prefix: "internal/order", why: "sorts short lists with one copy of the code: imports nothing"},
	{prefix: "internal/beat", why: "answers that leave on a beat of real time: imports nothing"},
	{prefix: "internal/packed", why: "embedded files, plain or as the release compresses them: imports nothing"},
	{prefix: "internal/private", why: "text that nothing prints: imports nothing, so that everything can hold it"},
	{
		prefix: "internal/db", why: "the only package that knows which database there is",
		modules: []string{
			"github.com/ncruces/go-sqlite3", "lukechampine.com/adiantum", "github.com/jackc/pgx/v5",
			"github.com/pressly/goose/v3", "golang.org/x/sync", "golang.org/x/sys",
		},
	},
	{prefix: "internal/audit", tests: []string{"internal/auth", "internal/vault"}, why: "entries in the transaction of the change they record, and the log of them", modules: []string{"golang.org/x/mod"}},
	{prefix: "internal/notify", why: "messages that say nothing a stranger may read; below auth, which tells the owner of an account what was changed"},
	{prefix: "internal/auth", why: "who acts and what they may do", modules: []string{"golang.org/x/crypto"}},
	{
		prefix: "internal/auth/credential", why: "how somebody proves who they are: password, passkey, identity provider",
		modules: []string{
			"golang.org/x/crypto", "github.com/go-webauthn/webauthn", "github.com/coreos/go-oidc/v3", "golang.org/x/oauth2",
			"github.com/pquerna/otp",
		},
	},
	{prefix: "internal/vault", why: "sealed text and the keys of persons; it signs the logs", modules: []string{"golang.org/x/crypto", "golang.org/x/mod"}},
	{prefix: "internal/job", why: "work after the transaction", modules: []string{"github.com/riverqueue/river", "github.com/jackc/pgx/v5"}},
	{prefix: "internal/blob", why: "attachments, sealed in chunks; the kind of a file is recognised by its content", modules: []string{"github.com/gabriel-vasile/mimetype"}},
	{prefix: "internal/i18n", why: "words, numbers and dates of a language", modules: []string{"github.com/vorlif/spreak", "golang.org/x/text"}},
	{prefix: "internal/vocab", why: "stable codes and their labels", modules: []string{"golang.org/x/text"}},
	{prefix: "internal/profile", why: "dated facts of law and procedure"},
	{prefix: "internal/backup", why: "copies of a whole node for people to keep, and bringing one back", modules: []string{"filippo.io/age", "github.com/jackc/pgx/v5"}},
	{prefix: "internal/breach", why: "the register of what went wrong with people's data, over the ledger"},
	{prefix: "internal/svg", why: "charts and maps as text; the formatter comes in through an interface"},
}

// The public packages: others import them, so they import next to nothing.
var public = []row{
	{prefix: "script", pure: true, modules: []string{"golang.org/x/text"}, why: "writing systems: importable by anybody"},
	{
		prefix: "analysis", pure: true, may: []string{"script"}, tests: []string{"gonum.org/v1/gonum"},
		modules: []string{"gonum.org/v1/gonum/mathext", "golang.org/x/text"}, // the rest of gonum weighs 2 MB: docs/adr/0025
		why:     "algorithms only: no database, no HTTP, no clock, and no method leans on another",
	},
	{
		prefix: "exchange", pure: true, may: []string{"script", "exchange"}, modules: exchangeModules,
		why: "the sharing protocol, bytes in and bytes out, so that others can re-implement it",
	},
	{
		prefix: "exchange/ledger", pure: true, std: []string{"os"}, may: []string{"script", "exchange"}, modules: exchangeModules,
		why: "a witness must keep what it has signed in a file, or it could be made to sign twice",
	},
	{
		prefix: "exchange/accord", pure: true, may: []string{"script", "exchange"},
		modules: append(slices.Clone(exchangeModules), "github.com/cedar-policy/cedar-go"),
		why:     "agreements are decided by a published policy language",
	},
}

var exchangeModules = []string{
	"golang.org/x/crypto", "golang.org/x/mod", "golang.org/x/text", "github.com/cloudflare/circl", "github.com/gowebpki/jcs",
}

// upper are the packages above the rooms.
var upper = []row{
	{prefix: "internal/app", tests: []string{"filippo.io/age"}, why: "wiring, and the few use-cases that span two rooms", may: slices.Concat(prefixes(rooms), floor)},
	{prefix: "internal/demo", why: "fills the rooms with the invented country, through app", may: slices.Concat([]string{"internal/app"}, prefixes(rooms), floor)},
	{prefix: "internal/web/observe", why: "logs and metrics, which must not know what a page is about", may: prefixes(ground), modules: []string{"github.com/VictoriaMetrics/metrics"}},
	{
		prefix: "internal/web/api", why: "the JSON API: the same room methods as the pages",
		may: slices.Concat([]string{"internal/app", "internal/web/observe"}, prefixes(rooms), floor), modules: []string{"github.com/danielgtaylor/huma/v2"},
	},
	{prefix: "internal/web", tests: []string{"golang.org/x/mod/sumdb/note", "filippo.io/age"}, why: "pages: parse, call a room, show", may: slices.Concat([]string{"internal/app", "internal/demo", "internal/web"}, prefixes(rooms), floor)},
	{prefix: "internal/peer", why: "node to node: no pages", may: slices.Concat([]string{"internal/app"}, prefixes(rooms), floor)},
	{
		prefix: "internal/cli", why: "commands: read flags, call app or serve the web",
		may: slices.Concat([]string{"internal/app", "internal/demo", "internal/web", "internal/peer", "internal/cli"}, prefixes(rooms), floor), modules: []string{"github.com/alecthomas/kong", "golang.org/x/sys", "filippo.io/age"},
	},
	{prefix: "cmd/fourfold", why: "main is ten lines", may: []string{"internal/cli"}},
	{prefix: "internal/testdata", why: "what tests need from outside: standard library only"},
	{prefix: "internal/archtest", why: "these tests: nothing imports them, and they know the commands", may: []string{"internal/testdata", "internal/cli"}},
}

// floor is what every room and everything above may stand on.
var floor = slices.Concat(prefixes(ground), prefixes(public))

// testKit is what the tests of any package may import besides what the package itself may.
var testKit = row{
	may: []string{"internal/testdata", "internal/db/dbtest", "internal/vault/vaulttest"},
	modules: []string{
		"github.com/google/go-cmp", "pgregory.net/rapid", "github.com/rogpeppe/go-internal/testscript",
	},
	why: "comparison, properties, command scripts, a database for the length of a test",
}

// table is the whole dependency rule.
func table() []row {
	rows := slices.Concat(public, upper)
	for i, g := range ground {
		g.may = slices.Concat([]string{g.prefix}, prefixes(ground[:i]), prefixes(public))
		rows = append(rows, g)
	}
	rows = append(rows, row{
		prefix: "internal/db/dbtest", why: "a database for the length of a test",
		may: []string{"internal/db", "internal/fault", "internal/private", "internal/testdata"}, modules: []string{"github.com/jackc/pgx/v5", "lukechampine.com/adiantum"},
	})
	rows = append(rows, row{
		prefix: "internal/vault/vaulttest", why: "an unlocked vault for the length of a test",
		may: []string{"internal/db", "internal/fault", "internal/private", "internal/audit", "internal/auth", "internal/vault"},
	})
	rows = append(rows, row{
		prefix: "internal/i18n/extract", why: "the tool that gathers the texts to translate, wherever they stand",
		may: []string{"internal/i18n", "internal/vocab", "internal/profile", "analysis"}, modules: []string{"github.com/vorlif/spreak", "golang.org/x/text"},
	})
	for _, r := range rooms {
		r.may = slices.Concat([]string{r.prefix}, floor)
		rows = append(rows, r)
	}
	return rows
}

// prefixes are the prefixes of rows.
func prefixes(rows []row) []string {
	var names []string
	for _, r := range rows {
		names = append(names, r.prefix)
	}
	return names
}
