//! {{skill_id}}: one tool, against Extism's interface.

#[link(wasm_import_module = "extism:host/env")]
extern "C" {
    fn input_length() -> u64;
    fn input_load_u8(index: u64) -> u32;
    fn alloc(length: u64) -> u64;
    fn store_u8(at: u64, value: u32);
    fn output_set(handle: u64, length: u64);
}

fn input() -> Vec<u8> {
    unsafe { (0..input_length()).map(|i| input_load_u8(i) as u8).collect() }
}

fn answer(text: &[u8]) {
    unsafe {
        let handle = alloc(text.len() as u64);
        for (i, byte) in text.iter().enumerate() {
            store_u8(handle + i as u64, u32::from(*byte));
        }
        output_set(handle, text.len() as u64);
    }
}

/// "Hello, <input>!"
#[no_mangle]
pub extern "C" fn greet() -> i32 {
    let name = input();
    answer(&[b"Hello, ", name.as_slice(), b"!"].concat());
    0
}
