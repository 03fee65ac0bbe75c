zfs
list
-Hp
-o
name,used,available,refreservation,origin
-r
k2
