/** People with a desk phone each, as the trusted extensions 2000 to 2059 have them on file. */
export const deskPeople = Array.from({ length: 60 }, (_, index) => ({
  userCode: String(1_001 + index),
  extension: String(2_000 + index),
  name: nameOf(index),
  whatsapp: `+55459999${10_000 + index}`,
}))

function nameOf(index: number): string {
  const first = ['Ana', 'Bruno', 'Carla', 'Diego', 'Elisa', 'Fábio', 'Gilda', 'Hugo', 'Inês', 'João']
  const last = ['Almeida', 'Barros', 'Castro', 'Dias', 'Esteves', 'Faria', 'Gomes', 'Horta', 'Lima', 'Moura']
  return `${first[index % 10]} ${last[Math.floor(index / 10) % 10]}`
}
