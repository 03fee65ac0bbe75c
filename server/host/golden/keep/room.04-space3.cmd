zfs
list
-Hp
-o
name,used,available,refreservation
-r
k2
