zfs
list
-Hp
-o
name,used,available,refreservation,usedbydataset,usedbyrefreservation
-r
k2
