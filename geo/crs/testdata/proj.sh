#!/bin/sh
# Makes proj.csv with PROJ 9.1.1 (Debian proj-bin): sh proj.sh > proj.csv
# For each system 25 points of its area of use: EPSG code, longitude, latitude, x, y.
set -eu
export LC_ALL=C PROJ_NETWORK=OFF
echo "code,lon,lat,x,y"
while read -r code west south east north; do
	awk -v w="$west" -v s="$south" -v e="$east" -v n="$north" 'BEGIN {
		for (i = 0; i < 5; i++) for (j = 0; j < 5; j++) {
			# Off the edges, and no two points on one meridian or parallel.
			printf "%.9f %.9f\n", w + (e-w) * (0.02 + 0.23*i + 0.007*j), s + (n-s) * (0.02 + 0.23*j + 0.007*i)
		}
	}' > /tmp/proj.$$
	order=cat
	case $code in 4258 | 4171 | 4937 | 4269 | 4283 | 7844 | 3035) order='awk {print($2,$1)}' ;; esac
	from=EPSG:4326 to="EPSG:$code"
	# PROJ would take the grid OSTN15 where it has that.
	osgb="+ellps=airy +towgs84=446.448,-125.157,542.06,0.15,0.247,0.842,-20.489 +no_defs +type=crs"
	case $code in
	4277) to="+to +proj=longlat $osgb" ;;
	27700) to="+to +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +units=m $osgb" ;;
	esac
	awk '{ print $2, $1 }' /tmp/proj.$$ | cs2cs -f %.12f $from $to | awk '{ print $1, $2 }' | $order |
		paste -d' ' /tmp/proj.$$ - | awk -v c="$code" '{ printf "%s,%s,%s,%s,%s\n", c, $1, $2, $3, $4 }'
done <<-END
	3857 -180 -85 180 85
	2154 -9.86 41.15 10.38 51.56
	3942 -1.06 41.31 9.63 43.07
	3943 -1.79 42.33 7.65 44.01
	3944 -1.79 42.92 7.71 45
	3945 -1.46 44 7.71 46
	3946 -2.21 45 7.16 47
	3947 -4.77 46 7.63 48
	3948 -4.87 47 8.23 49
	3949 -4.87 48 8.23 50
	3950 -2.03 49 8.08 51.14
	25829 -12 34.91 -6 74.13
	25830 -6 35.26 0.01 80.49
	25831 0 37 6.01 82.45
	25832 6 38.76 12.01 84.33
	25833 12 46.4 18.01 84.42
	32629 -12 0 -6 84
	32630 -6 0 0 84
	32631 0 0 6 84
	32632 6 0 12 84
	32633 12 0 18 84
	4258 -16.1 32.88 40.18 84.73
	4171 -9.86 41.15 10.38 51.56
	2975 54 -24.72 58.24 -18.28
	5490 -63.66 14.08 -60 18.31
	2972 -54 2.17 -49.45 8.88
	4471 43.68 -14.49 46.7 -11.33
	4269 -172 14.92 -40.73 86.45
	4283 93.41 -60.55 173.34 -8.47
	7844 93.41 -60.55 173.34 -8.47
	4277 -9 49.75 2.01 61.01
	27700 -9 49.75 2.01 61.01
	26986 -73.5 41.46 -69.86 42.89
	3035 -35.58 24.6 44.83 84.73
END
rm -f /tmp/proj.$$
