// Package assets serves what maps are made of: vector tiles and the TileJSON
// documents that describe them.
//
//	/tiles/{id}[,{id}…]/{z}/{x}/{y}.mvt        web Mercator; .pbf is the same
//	/tiles/{set}/{id}[,…]/{z}/{x}/{y}.mvt      another tile matrix set; z is its matrix, x the column, y the row from the top
//	/tiles/…/{z}/{x}/{y}                       f=mvt, f=mlt or the Accept header says which
//	/tiles/{id}[,{id}…].json                   TileJSON 3.0
//	/tiles/{set}/{id}[,{id}…].json             what TileJSON can say of another set
//	/tiles/sets, /tiles/sets/{set}             the sets, and the definition of one
//
// Tiles of a dataset that is an archive end as the archive says (.mvt, .mlt, .png …)
// and take no parameters but v. Beside other datasets they must be MVT.
//
// Parameters of tiles: fields=a,b (the attributes to carry), name=value (several
// must all hold, in every dataset), datetime=, and v, the version, which lets caches
// keep a tile. TileJSON takes them too and names tiles that have them.
package assets
