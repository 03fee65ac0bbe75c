zfs
get
-Hp
-o
name,property,value,source
skep:conf
k/vm/d1@old1
