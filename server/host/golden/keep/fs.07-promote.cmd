zfs
promote
k/p/f
