/** The content a new installation starts with; from then on the database's content counts. */
interface FirstCategory {
  /** Key of the main menu: 1 to 6 or 8; 7 hears the menu again. */
  key: string
  name: string
  /** In the order of their keys, 1 to 8; codes are stable and never used for another service. */
  services: readonly { code: string; name: string }[]
}

export const firstCatalogue: readonly FirstCategory[] = [
  {
    key: '1',
    name: 'Sistemas',
    services: [
      { code: 'atualizacao-do-portal', name: 'Atualização do portal' },
      { code: 'sistemas-problemas-diversos', name: 'Problemas diversos' },
    ],
  },
  {
    key: '2',
    name: 'Computador',
    services: [
      { code: 'formatacao-de-computador', name: 'Formatação de computador' },
      { code: 'computador-nao-liga', name: 'Computador não liga' },
      { code: 'sem-conexao-com-a-impressora', name: 'Sem conexão com a impressora' },
      { code: 'problema-de-conexao-com-a-internet', name: 'Problema de conexão com a Internet' },
      { code: 'instalacao-de-software', name: 'Instalação de software' },
      { code: 'computador-problemas-diversos', name: 'Problemas diversos' },
    ],
  },
  {
    key: '3',
    name: 'Impressoras',
    services: [
      { code: 'instalar-impressora', name: 'Instalar impressora' },
      { code: 'configurar-impressora', name: 'Configurar impressora' },
      { code: 'troca-de-suprimentos', name: 'Troca de suprimentos' },
    ],
  },
  {
    key: '4',
    name: 'Liberação de acessos',
    services: [
      { code: 'privilegio-ipm', name: 'Privilégio IPM' },
      { code: 'liberar-acesso-ao-wi-fi', name: 'Liberar acesso ao Wi-Fi' },
      { code: 'liberar-acesso-a-sites', name: 'Liberar acesso a sites' },
      { code: 'liberar-acesso-a-pastas-do-servidor', name: 'Liberar acesso a pastas do servidor' },
    ],
  },
  {
    key: '5',
    name: 'Projetor multimídia',
    services: [{ code: 'reserva-de-projetor', name: 'Reserva de projetor' }],
  },
  {
    key: '6',
    name: 'Ramal telefônico',
    services: [{ code: 'problema-com-ramal', name: 'Problema com ramal' }],
  },
]
