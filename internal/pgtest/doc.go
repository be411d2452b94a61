// Package pgtest gives tests a PostgreSQL with PostGIS. It uses the server that
// PUY_TEST_POSTGRES names (a postgres:// URL of a role that may create
// databases), or starts a private one that ends with the test process, however
// that ends.
package pgtest
