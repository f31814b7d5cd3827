(module
  (import "log" "halves" (func $halves (param i64 i64)))
  (func (export "log") (param v128)
    (call $halves (i64x2.extract_lane 0 (local.get 0)) (i64x2.extract_lane 1 (local.get 0)))))
