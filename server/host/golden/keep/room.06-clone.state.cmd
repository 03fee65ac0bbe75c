zfs
list
-Hp
-o
name,refreservation,origin
-r
k2
