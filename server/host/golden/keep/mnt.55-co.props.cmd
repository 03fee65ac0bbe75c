zfs
get
-Hp
-o
name,property,value,source
utf8only,normalization,casesensitivity,version
k/co
k/co2
