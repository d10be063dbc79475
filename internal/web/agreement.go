package web

// agreementRoutes are the pages of agreements.
func (s *Server) agreementRoutes() []route {
	return nil
}
