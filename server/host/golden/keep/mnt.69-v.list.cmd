zfs
list
-Hp
-o
name,volsize,refreservation
-t
volume
