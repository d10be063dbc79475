package blind

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	crand "crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
)

// The attack of these tests has every row of the index, in the order in which they lie, with their
// sizes; everybody's identifier, slot and place in the order of coming; the names of half of the people;
// and how common each name is. It has no key. It wants the surnames of the other half.

// suspect is a person as the attacker knows them.
type suspect struct {
	id      string
	slot    uint32
	known   bool
	surname string // of those who are known; for the others the truth, to count what was recovered
}

// exhibit is what the attacker holds. Rows are in the order in which they lie in their table.
type exhibit struct {
	people []suspect
	tables map[string][][]byte
}

// traces returns what ties each person to anything: bytes near a mention of them, and bytes that lie
// where they would lie if rows lay in the order of coming.
func (e exhibit) traces() (traces []map[string]bool, mentions int) {
	traces = make([]map[string]bool, len(e.people))
	byID, bySlot := map[string]int{}, map[uint32]int{}
	for i, p := range e.people {
		traces[i] = map[string]bool{}
		byID[p.id], bySlot[p.slot] = i, i
	}
	for _, name := range slices.Sorted(maps.Keys(e.tables)) {
		for _, row := range e.tables[name] {
			for at := range row {
				for _, i := range mentioned(row[at:], byID, bySlot) {
					mentions++
					near(traces[i], name, row, at)
				}
			}
		}
		e.inOrder(traces, name)
	}
	return traces, mentions
}

// mentioned returns who is named by the first bytes: identifier, or slot in either order of bytes.
func mentioned(b []byte, byID map[string]int, bySlot map[uint32]int) (who []int) {
	if len(b) >= 26 {
		if i, ok := byID[string(b[:26])]; ok {
			who = append(who, i)
		}
	}
	if len(b) >= 4 {
		if i, ok := bySlot[binary.BigEndian.Uint32(b)]; ok {
			who = append(who, i)
		}
		if i, ok := bySlot[binary.LittleEndian.Uint32(b)]; ok {
			who = append(who, i)
		}
	}
	return who
}

// near notes the bytes around a mention: what stands before it, and the cell and the row it is in.
func near(traces map[string]bool, table string, row []byte, at int) {
	for _, n := range []int{5, 8, 16, 32} {
		if at >= n {
			traces[fmt.Sprintf("%s before %x", table, row[at-n:at])] = true
		}
	}
	start := at / cellSize * cellSize
	traces[fmt.Sprintf("%s cell %x", table, row[start:min(start+tailSize, len(row))])] = true
	traces[fmt.Sprintf("%s row %x", table, row[:min(8, len(row))])] = true
}

// inOrder notes, for the n-th person, the n-th share of a table: rows, cells within rows, and sizes.
func (e exhibit) inOrder(traces []map[string]bool, table string) {
	rows := e.tables[table]
	all := bytes.Join(rows, nil)
	for i, t := range traces {
		for _, row := range rows[i*len(rows)/len(traces) : (i+1)*len(rows)/len(traces)] {
			t[fmt.Sprintf("%s size %d", table, len(row))] = true
			for _, n := range []int{5, 8, 16, 32} {
				t[fmt.Sprintf("%s start %x", table, row[:min(n, len(row))])] = true
			}
		}
		cells := len(all) / cellSize
		for c := i * cells / len(traces); c < (i+1)*cells/len(traces); c++ {
			t[fmt.Sprintf("%s tail %x", table, all[c*cellSize:c*cellSize+tailSize])] = true
			t[fmt.Sprintf("%s body %x", table, all[c*cellSize+tailSize:(c+1)*cellSize])] = true
		}
	}
}

// guess returns a surname for everybody, by two ways, of which the attacker may take the better one.
// The first learns from those whose name is known which traces go with which name. The second knows
// nobody: it pairs the commonest traces with the commonest names.
func (e exhibit) guess(common []string, shares []float64) (learnt, ranked []string, mentions int) {
	traces, mentions := e.traces()
	seen, with := map[string]int{}, map[string]map[string]int{}
	prior, known := map[string]float64{}, 0.0
	for i, p := range e.people {
		for t := range traces[i] {
			seen[t]++
			if p.known {
				if with[t] == nil {
					with[t] = map[string]int{}
				}
				with[t][p.surname]++
			}
		}
		if p.known {
			prior[p.surname]++
			known++
		}
	}
	for i := range e.people {
		learnt = append(learnt, likeliest(traces[i], with, prior, known))
		ranked = append(ranked, byFrequency(traces[i], seen, len(e.people), common, shares))
	}
	return learnt, ranked, mentions
}

// likeliest weighs names by the traces they were seen with (naive Bayes).
func likeliest(traces map[string]bool, with map[string]map[string]int, prior map[string]float64, known float64) string {
	score := map[string]float64{}
	for name, n := range prior {
		score[name] = math.Log(n / known)
	}
	for t := range traces {
		total := 0
		for _, n := range with[t] {
			total += n
		}
		for name, n := range with[t] {
			score[name] += math.Log(1 + float64(n)/float64(total)*known/prior[name])
		}
	}
	return slices.MaxFunc(slices.Sorted(maps.Keys(score)), func(a, b string) int { return cmp.Compare(score[a], score[b]) })
}

// byFrequency takes a person's commonest trace that is no commoner than the commonest name, and the
// name that is as common as it.
func byFrequency(traces map[string]bool, seen map[string]int, n int, common []string, shares []float64) string {
	best := 0
	for t := range traces {
		if float64(seen[t]) < 1.3*shares[0]*float64(n) {
			best = max(best, seen[t])
		}
	}
	off := func(i int) float64 { return math.Abs(shares[i]*float64(n) - float64(best)) }
	name := 0
	for i := range common {
		if off(i) < off(name) {
			name = i
		}
	}
	return common[name]
}

// recovered counts the unknown people whose surname was guessed, and how many would be by chance: by
// the same guesses dealt out at random.
func (e exhibit) recovered(guesses []string) (n int, chance float64) {
	given, true_ := map[string]float64{}, map[string]float64{}
	unknown := 0.0
	for i, p := range e.people {
		if p.known {
			continue
		}
		unknown++
		given[guesses[i]]++
		true_[p.surname]++
		if guesses[i] == p.surname {
			n++
		}
	}
	for name, g := range given {
		chance += g * true_[name] / unknown
	}
	return n, chance
}

// beyond reports whether so many are more than chance explains: five standard deviations.
func beyond(n int, chance float64) bool { return float64(n) > chance+5*math.Sqrt(chance)+3 }

// attackPeople are people of one script, so that names are as common as they get.
func attackPeople(r *rand.Rand, n int) (people []human, common []string, shares []float64) {
	all := nation(6 * n)
	for i := range n {
		people = append(people, person(&all, r, i*scripts+latinScript))
	}
	t := all[latinScript]
	for i := range t.surnames {
		shares = append(shares, t.surname.share(i))
	}
	return people, t.surnames, shares
}

func suspects(people []human) (all []suspect) {
	for i, h := range people {
		all = append(all, suspect{id: string(personID(i)), slot: slotOf(i), known: i%2 == 0, surname: h.name[0]})
	}
	return all
}

// naive is an index as it is often built: the token beside the person; or without the person, in the
// order of coming, and even filled up to 64 tokens each.
func naive(t testing.TB, people []human, withPerson bool) exhibit {
	e := exhibit{people: suspects(people), tables: map[string][][]byte{}}
	mac := hmac.New(sha256.New, []byte("a key that the attacker does not have"))
	for i, h := range people {
		rows := 0
		h.forms(t).each(func(m term) {
			if rows++; !withPerson && rows > padTo {
				return
			}
			mac.Reset()
			fmt.Fprint(mac, m.kind, m.text)
			row := mac.Sum(nil)
			if withPerson {
				row = append(row, personID(i)...)
			}
			e.tables["naive"] = append(e.tables["naive"], row)
		})
		for ; !withPerson && rows < padTo; rows++ {
			noise := make([]byte, sha256.Size)
			_, _ = crand.Read(noise)
			e.tables["naive"] = append(e.tables["naive"], noise)
		}
	}
	return e
}

// seize returns the rows of the real index. Half of the people were in it when it was built, the others
// came one after another.
func seize(t *testing.T, people []human) exhibit {
	town := newTown(t)
	town.people = people
	town.enrol(t)
	town.register(t)
	var in []posting
	for i, h := range people {
		in = append(in, posting{forms: h.forms(t), slot: slotOf(i)})
	}
	s, err := town.begin(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	half := len(in) / 2
	err = town.build(t.Context(), org, s, half, given(in[:half]), nil)
	if err != nil {
		t.Fatal(err)
	}
	for some := range slices.Chunk(in[half:], mergeChunk) {
		if err := town.shift(t.Context(), nil, some); err != nil {
			t.Fatal(err)
		}
	}
	return exhibit{people: suspects(people), tables: town.dump(t)}
}

// dump returns the bytes of the tables in the order in which rows lie.
func (t *town) dump(tb testing.TB) map[string][][]byte {
	tb.Helper()
	tables := map[string][][]byte{}
	order := map[db.Engine]string{db.SQLite: "rowid", db.Postgres: "ctid"}[t.DB.Engine()]
	err := t.DB.Read(tb.Context(), func(tx *db.Tx) error {
		for table, cols := range map[string]string{
			"vault_index_bucket": "id, cells", "vault_index_block": "id, refs", "vault_indexed": "0, terms",
		} {
			rows, err := tx.Query(tb.Context(), "SELECT "+cols+" FROM "+table+" ORDER BY "+order)
			tables[table], err = db.Collect(rows, err, func(r *sql.Rows) ([]byte, error) {
				var id int64
				var content []byte
				err := r.Scan(&id, &content)
				if table == "vault_indexed" {
					return content, err // its identifiers are known; they tell nothing of names
				}
				// At the end, so that cells are where they are in the row.
				return binary.BigEndian.AppendUint64(content, uint64(id)), err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return tables
}

// TestKeylessAttack runs the attack on the index and, as a control, on naive ones, each time on other people.
// The control is too weak by chance in fewer than one of a thousand draws, and is a failure when it is three times.
// On the index the attack is lucky in fewer than one of 100,000 draws, and is a failure when it is twice.
func TestKeylessAttack(t *testing.T) {
	again := func(most int, attack func(people []human, common []string, shares []float64) []string) {
		t.Helper()
		var all []string
		for range most {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			found := attack(attackPeople(rand.New(rand.NewPCG(seed, 3)), 500))
			if len(found) == 0 {
				return
			}
			all = append(all, found...)
		}
		t.Error(strings.Join(all, "\n"))
	}
	again(3, func(people []human, common []string, shares []float64) []string {
		return tooWeak(t, people, common, shares)
	})
	again(2, func(people []human, common []string, shares []float64) (found []string) {
		e := seize(t, people)
		learnt, ranked, mentions := e.guess(common, shares)
		for way, guesses := range map[string][]string{"learnt": learnt, "by frequency alone": ranked} {
			n, chance := e.recovered(guesses)
			t.Logf("the index: %d of 250 surnames %s, chance %.1f", n, way, chance)
			if beyond(n, chance) {
				found = append(found, fmt.Sprintf("the attack recovers %d surnames %s, chance is %.1f", n, way, chance))
			}
		}
		return append(found, e.regular(mentions)...)
	})
}

// tooWeak runs the attack on indexes as they are often built and returns what it should have found.
func tooWeak(t *testing.T, people []human, common []string, shares []float64) (missed []string) {
	t.Helper()
	sum, sumChance := 0.0, 0.0
	for _, control := range []struct {
		what       string
		withPerson bool
	}{{"tokens beside persons", true}, {"tokens in the order of coming", false}} {
		e := naive(t, people, control.withPerson)
		learnt, ranked, _ := e.guess(common, shares)
		n, chance := e.recovered(learnt)
		r, rankChance := e.recovered(ranked)
		t.Logf("%s: %d of 250 surnames learnt (chance %.0f), %d by frequency alone (chance %.0f)", control.what, n, chance, r, rankChance)
		sum, sumChance = sum+float64(r), sumChance+rankChance
		if n < 80 || !beyond(n, chance) {
			missed = append(missed, fmt.Sprintf("the attack recovers %d from %s: it is too weak to prove anything", n, control.what))
		}
	}
	if sum < sumChance+3*math.Sqrt(sumChance) {
		missed = append(missed, fmt.Sprintf("by frequency alone the attack recovers %.0f, chance is %.0f: it is too weak to prove anything", sum, sumChance))
	}
	return missed
}
