package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
)

// harbour is a list of fields of an organisation's own: one is asked only where another says so.
const harbour = `{"set":{"id":"harbour","version":"1","title":"Harbour House (invented)","source":"invented","fields":[
 {"code":"fit","label":{"en":"May share a room","ar":"يمكنه مشاركة غرفة"},"type":"flag","class":"operational"},
 {"code":"why","label":{"en":"Why not"},"type":"text","class":"sensitive","when":[{"field":"fit","is":["false"]}]},
 {"code":"eats","label":{"en":"Eats"},"type":"code","many":true,"class":"operational","values":[{"code":"halal","label":{"en":"Halal"}},{"code":"none","label":{"en":"No meat"}}]},
 {"code":"day","label":{"en":"Day of coming"},"type":"date","class":"personal"},
 {"code":"from","label":{"en":"Came from"},"type":"country","class":"personal"}
]}}`

// An organisation's own fields stand on the page about the person in the reader's language, are asked when the others
// say so, are kept, and are not overwritten by somebody who has not seen them.
func TestOwnFieldsOfAPerson(t *testing.T) {
	w, at := newPerson(t)
	if _, err := w.n.app.Standards.Define(t.Context(), w.n.actor(auth.Administrator), strings.NewReader(harbour)); err != nil {
		t.Fatal(err)
	}
	body := w.get(at)
	saysAll(t, body, "Harbour House (invented)", "May share a room", "Day of coming")
	if strings.Contains(body, "Why not") {
		t.Error("a field is asked that nothing asks for")
	}
	to := at + "/own/harbour"
	w.post(to, http.StatusSeeOther, url.Values{"version": {"0"}, "own.fit": {"false"}, "own.eats": {"halal", "none"}, "own.day": {"2024-05-02"}, "own.from": {"NG"}})
	body = w.get(at)
	saysAll(t, body, "Why not", "Halal", "No meat", "Nigeria", `value="2024-05-02"`)
	_, stale := w.post(to, http.StatusUnprocessableEntity, url.Values{"version": {"0"}, "own.why": {"cannot sleep (invented)"}})
	saysAll(t, stale, "cannot sleep (invented)", "Somebody else wrote this meanwhile")
	_, wrong := w.post(to, http.StatusUnprocessableEntity, url.Values{"version": {"1"}, "own.day": {"soon"}})
	saysAll(t, wrong, "Day of coming: This is not what the field holds.")
	w.post(to, http.StatusSeeOther, url.Values{"version": {"1"}, "own.fit": {"false"}, "own.why": {"cannot sleep (invented)"}})
	if body = w.get(at); !strings.Contains(body, "cannot sleep (invented)") || strings.Contains(body, `checked><span>Halal`) {
		t.Error("what was typed is not there, or what was taken away is")
	}
	if res, _ := send(t, w.n, askForm(at+"/own/nowhere", w.cookie, url.Values{"version": {"0"}})); res.StatusCode != http.StatusNotFound {
		t.Errorf("a list that is not there: status %d", res.StatusCode)
	}
}
