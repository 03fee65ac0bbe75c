zfs
promote
k/vm/d1
