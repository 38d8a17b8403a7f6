/** The variables that the collection's requests use, with what holds after `npm start`; secrets are left empty. */
export const postmanEnvironment = {
  id: '3c1f5d0e-52a8-4b0c-8a61-0d7e5f9a4b22',
  name: 'URA Chamados (local)',
  values: [
    variable('endereco', 'http://127.0.0.1:3000', 'default'),
    variable('token', '', 'secret'),
    variable('sessao', '', 'secret'),
    variable('chamada', '1795360430.0', 'default'),
    variable('codigo', '', 'default'),
    variable('protocolo', '', 'default'),
    variable('nome_audio', '', 'default'),
    variable('gateway', '', 'default'),
    variable('token_do_gateway', '', 'secret'),
  ],
  _postman_variable_scope: 'environment',
}

function variable(key: string, value: string, type: 'default' | 'secret') {
  return { key, value, type, enabled: true }
}
