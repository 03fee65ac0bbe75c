zfs
get
-Hp
-o
name,property,value,source
volblocksize,volsize,refreservation,checksum
k/vm/d1
k/vm/d1.before
