/** The metrics of a service by name and labels as it prints them, for instance `name{endpoint="...",allowed="true"}`. */
export async function metricsOf(port: number): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

/** Sum of a metric over its labels, of those lines that contain `label`. */
export function total(metrics: ReadonlyMap<string, number>, name: string, label = ''): number {
  let sum = 0;
  for (const [key, value] of metrics)
    if (key.replace(/\{.*/, '') === name && key.includes(label)) sum += value;
  return sum;
}
