$stdout.sync = true
puts RUBY_VERSION, RUBY_PLATFORM
h = Hash.new(0)
20_000.times { |i| h[(i % 997).to_s] += i }
puts h.values.sum, h.size
puts (0...50).map { |i| (i * 7919) % 1009 }.sort.first(10).inspect
puts "a1b22c333".scan(/\d+/).inspect, "grüße".upcase, "%.10f" % Math::PI, 2**100
begin
  1 / 0
rescue ZeroDivisionError => e
  puts "err #{e.message}"
end
def fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)
puts fib(20)
f = Fiber.new { 3.times { |i| Fiber.yield i }; :done }
puts 4.times.map { f.resume }.inspect
puts [3, 1, 2].lazy.map { |x| x * 2 }.select(&:even?).to_a.sort.inspect
Point = Struct.new(:x, :y)
case { at: Point.new(1, 2) }
in { at: [x, y] } then puts x + y
end
puts catch(:found) { 10.times { |i| throw :found, i if i * i > 20 } }
