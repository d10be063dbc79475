package indicator

// notes says what a reader of an answer has to know.
func notes(a Answer) []Note {
	var partial, disputed, suppressed, derived int
	for _, s := range a.Series {
		for _, p := range s.Points {
			if p.Partial() && !p.IsMissing() {
				partial++
			}
			if p.State == Disputed {
				disputed++
			}
			if p.State == Range {
				suppressed++
			}
			if p.Derived && p.Parts == nil && !p.IsMissing() {
				derived++
			}
		}
	}
	var out []Note
	add := func(n int, msg string, args ...any) {
		if n > 0 {
			out = append(out, Note{msg, args})
		}
	}
	if len(a.Series) == 0 {
		add(1, "The source does not publish this cell. Its total may be added up from its parts.")
	}
	add(suppressed, "%d figures are known only as a range, because the source does not print small numbers.", suppressed)
	add(disputed, "%d figures were published more than once with different values; the range holds all of them.", disputed)
	add(derived, "%d figures are totals that the source does not print; they were added up from its parts.", derived)
	add(partial, "%d years are incomplete: a part of the year has no figure.", partial)
	for _, r := range a.Releases {
		if r.Basis == "recalled" {
			add(1, "Some dates of publication are recalled and were not read in the source.")
			break
		}
	}
	return out
}
