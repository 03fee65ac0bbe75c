zfs
clone
-o
refreservation=18874368
k/vm/d1.before@T
k/vm/d1x
