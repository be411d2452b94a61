package main

// site is the centre of a commune: longitude and latitude on WGS 84, and its
// reach in km², the weight that gives its cell about the commune's real surface.
type site struct {
	code       string // INSEE
	name       string
	lon, lat   float64
	reach      float64
	surface    float64 // km²
	population int     // municipal population in force in 2024
}

// epci is the SIREN number of Clermont Auvergne Métropole.
const epci = "246300701"

// communes are the 21 of the metropolis, by INSEE code.
func communes() []site {
	return []site{
		{"63014", "Aubière", 3.1257, 45.7513, 0.1, 7.8, 10211},
		{"63019", "Aulnat", 3.1709, 45.7931, -0.9, 4.3, 4115},
		{"63032", "Beaumont", 3.0868, 45.7497, -1.8, 4.0, 10650},
		{"63042", "Blanzat", 3.0736, 45.8274, -1.4, 7.0, 3762},
		{"63063", "Cébazat", 3.1074, 45.8321, 1.7, 10.1, 8946},
		{"63069", "Le Cendre", 3.1934, 45.7179, -0.1, 4.3, 5494},
		{"63070", "Ceyrat", 3.065, 45.7381, 0.4, 9.5, 6373},
		{"63075", "Chamalières", 3.062, 45.7747, -4.2, 3.7, 17454},
		{"63099", "Châteaugay", 3.0928, 45.8541, 1.7, 9.1, 3096},
		{"63113", "Clermont-Ferrand", 3.1155, 45.7859, 10.5, 43.1, 147327},
		{"63124", "Cournon-d'Auvergne", 3.1863, 45.743, 3.7, 18.9, 20193},
		{"63141", "Durtol", 3.0502, 45.7961, -4.3, 4.0, 2015},
		{"63164", "Gerzat", 3.1541, 45.828, 3.9, 16.4, 10258},
		{"63193", "Lempdes", 3.1928, 45.773, 1.8, 12.3, 8663},
		{"63254", "Nohanent", 3.0581, 45.811, -4.0, 4.3, 2249},
		{"63263", "Orcines", 2.997, 45.7872, 6.8, 42.8, 3566},
		{"63272", "Pérignat-lès-Sarliève", 3.1432, 45.7328, -0.9, 3.8, 2801},
		{"63284", "Pont-du-Château", 3.2401, 45.7982, 6.4, 21.6, 12459},
		{"63307", "Romagnat", 3.0883, 45.7208, 3.1, 16.9, 7869},
		{"63308", "Royat", 3.0404, 45.7577, -2.6, 6.7, 4403},
		{"63345", "Saint-Genès-Champanelle", 2.9991, 45.7229, 9.7, 51.7, 3883},
	}
}

// neighbours are the communes around, which bound the metropolis.
func neighbours() []site {
	return []site{
		{code: "63020", name: "Aurières", lon: 2.9157, lat: 45.6816, reach: -3.4},
		{code: "63026", name: "Aydat", lon: 2.9844, lat: 45.6666, reach: 8.6},
		{code: "63034", name: "Beauregard-l'Évêque", lon: 3.2986, lat: 45.8142, reach: 3.8},
		{code: "63071", name: "Ceyssat", lon: 2.9246, lat: 45.7699, reach: 2.0},
		{code: "63083", name: "Chanat-la-Mouteyre", lon: 3.0063, lat: 45.8253, reach: -1.6},
		{code: "63084", name: "Chanonat", lon: 3.083, lat: 45.6953, reach: 1.0},
		{code: "63133", name: "Dallet", lon: 3.2389, lat: 45.7718, reach: 1.8},
		{code: "63200", name: "Lussat", lon: 3.2265, lat: 45.8382, reach: 2.7},
		{code: "63203", name: "Malauzat", lon: 3.061, lat: 45.8596, reach: 0.5},
		{code: "63204", name: "Malintrat", lon: 3.1913, lat: 45.8109, reach: 0.4},
		{code: "63212", name: "Marsat", lon: 3.0836, lat: 45.8735, reach: -0.1},
		{code: "63213", name: "Martres-d'Artière", lon: 3.2604, lat: 45.8299, reach: 5.1},
		{code: "63214", name: "Martres-de-Veyre", lon: 3.2, lat: 45.6868, reach: 3.1},
		{code: "63224", name: "Ménétrol", lon: 3.1331, lat: 45.8617, reach: 2.5},
		{code: "63226", name: "Mezel", lon: 3.2398, lat: 45.7495, reach: 1.7},
		{code: "63227", name: "Mirefleurs", lon: 3.2249, lat: 45.691, reach: 3.3},
		{code: "63248", name: "Nébouzat", lon: 2.9182, lat: 45.7181, reach: -7.5},
		{code: "63262", name: "Orcet", lon: 3.1738, lat: 45.7053, reach: 0.5},
		{code: "63273", name: "Pérignat-sur-Allier", lon: 3.2348, lat: 45.7275, reach: 0.4},
		{code: "63300", name: "Riom", lon: 3.1327, lat: 45.8943, reach: 9.6},
		{code: "63302", name: "Roche-Blanche", lon: 3.1372, lat: 45.7135, reach: 1.9},
		{code: "63306", name: "Roche-Noire", lon: 3.2236, lat: 45.7137, reach: -0.2},
		{code: "63322", name: "Saint-Beauzire", lon: 3.1844, lat: 45.8546, reach: 4.0},
		{code: "63381", name: "Saint-Ours", lon: 2.9151, lat: 45.8393, reach: -5.6},
		{code: "63417", name: "Sayat", lon: 3.0338, lat: 45.8391, reach: -0.2},
		{code: "63453", name: "Vertaizon", lon: 3.2847, lat: 45.7753, reach: 3.4},
	}
}
