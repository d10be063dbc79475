package web

// ledgerRoutes are the pages of the ledger.
func (s *Server) ledgerRoutes() []route {
	return nil
}
