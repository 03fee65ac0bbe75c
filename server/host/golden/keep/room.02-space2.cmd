zfs
list
-Hp
-o
name,used,available,refreservation,usedbydataset,usedbysnapshots,usedbyrefreservation
-r
k2
