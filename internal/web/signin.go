package web

// signInRoutes are the pages by which people prove who they are.
func (s *Server) signInRoutes() []route {
	return nil
}
