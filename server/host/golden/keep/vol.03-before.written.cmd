zfs
get
-Hp
-o
property,value
written@T,written@old1
k/vm/d1
