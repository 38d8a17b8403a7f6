import type { PromptId } from './ids.ts'

/** What the caller hears, in Brazilian Portuguese. A second language is a second file of this shape. */
export const promptTexts: Readonly<Record<PromptId, string>> = {
  'main-menu':
    'Central de informática. Para abrir um chamado, tecle 1. Para consultar um chamado, tecle 2. Para falar com a equipe técnica, tecle 3. Para ouvir novamente, tecle 9.',
  'main-menu-with-information':
    'Central de informática. Para abrir chamado, tecle 1. Para consultar chamado, 2. Para a equipe técnica, 3. Para informações, 4. Para ouvir novamente, 9.',
  'ask-registration': 'Digite seu código de cadastro, seguido de jogo da velha.',
  'unknown-registration': 'Código de cadastro não encontrado.',
  'access-code-sent': 'Enviamos um código de acesso para o seu WhatsApp. Abra a mensagem no próprio celular.',
  'access-code-sent-by-email': 'Enviamos um código de acesso para o seu e-mail.',
  'ask-access-code': 'Digite o código de acesso. Para receber um novo código, tecle asterisco.',
  'wrong-access-code': 'Código de acesso incorreto.',
  'tries-left': 'Tentativas restantes:',
  'access-code-resent': 'Enviamos um novo código de acesso. O código anterior não vale mais.',
  'access-code-undeliverable': 'Não foi possível enviar o código de acesso.',
  'access-code-expired': 'Este código de acesso não vale mais. Para receber um novo código, tecle asterisco.',
  'extension-name-before': 'Este ramal é de:',
  'extension-name-after': 'Para confirmar que é você, tecle 1. Se não é você, tecle 2.',
  'confirm-name-before': 'Este cadastro é de:',
  'confirm-name-after': 'Para confirmar que o cadastro é seu, tecle 1. Se não é seu, tecle 2.',
  'identity-declined':
    'Por segurança, este atendimento será encerrado. Confira seu código de cadastro e ligue novamente.',
  'category-menu':
    'Digite o número da categoria do chamado. Para ouvir novamente, tecle 7. Para voltar, tecle asterisco.',
  'service-menu': 'Digite o número do serviço. Para ouvir novamente, tecle 9. Para voltar, tecle asterisco.',
  'invalid-option': 'Opção inválida.',
  'no-input': 'Não recebemos nenhuma tecla.',
  'voice-note-offer': 'Para descrever o problema com a sua voz, tecle 1. Para seguir sem descrição, tecle 2.',
  'voice-note-notice': 'Sua voz será gravada para a equipe técnica e guardada por tempo limitado.',
  'voice-note-begin': 'Fale depois do sinal. Para terminar, digite jogo da velha.',
  'voice-note-review':
    'Para guardar a gravação, tecle 1. Para ouvir a gravação, tecle 2. Para gravar novamente, tecle 3.',
  'voice-note-empty': 'Não ouvimos sua voz.',
  'voice-note-kept': 'Sua descrição está guardada.',
  'voice-note-failed': 'Não foi possível guardar a descrição. Seu chamado segue sem ela.',
  'ticket-opened': 'Seu chamado foi aberto. O número do protocolo é:',
  'ticket-registered-offline': 'Seu pedido está registrado. O protocolo chegará pelo WhatsApp.',
  'after-ticket':
    'O protocolo também foi enviado para o seu WhatsApp. Para abrir outro chamado, tecle 1. Para ouvir o protocolo novamente, tecle 9. Ou desligue.',
  'after-ticket-by-email':
    'O protocolo também foi enviado para o seu e-mail. Para abrir outro chamado, tecle 1. Para ouvir o protocolo novamente, tecle 9. Ou desligue.',
  'after-ticket-unsent':
    'Anote o número do protocolo. Para abrir outro chamado, tecle 1. Para ouvir o protocolo novamente, tecle 9. Ou desligue.',
  'ask-ticket': 'Digite o número do protocolo, seguido de jogo da velha.',
  'ticket-not-found': 'Chamado não encontrado.',
  'status-open': 'Seu chamado está aberto.',
  'status-in-progress': 'Seu chamado está em atendimento.',
  'status-waiting-for-user': 'Seu chamado está aguardando você.',
  'status-resolved': 'Seu chamado está resolvido.',
  'status-closed': 'Seu chamado está fechado.',
  'status-cancelled': 'Seu chamado foi cancelado.',
  'after-status':
    'Para consultar outro chamado, tecle 1. Para ouvir novamente, tecle 9. Para voltar ao menu principal, tecle 0.',
  'ask-satisfaction':
    'Para avaliar este atendimento, digite uma nota de 1 a 5, a maior. Para pular, aguarde.',
  'satisfaction-thanks': 'Sua avaliação foi registrada.',
  'information-menu':
    'Digite o número da informação. Para ouvir novamente, tecle 9. Para voltar, tecle asterisco.',
  'after-information':
    'Para ouvir novamente, tecle 9. Para outras informações, tecle asterisco. Para voltar ao menu principal, tecle 0.',
  'information-unavailable': 'Esta informação não está disponível no momento.',
  transferring: 'Aguarde, por favor. Vamos transferir sua ligação para a equipe técnica.',
  'recording-notice': 'Esta conversa será gravada para registro e melhoria do atendimento.',
  'out-of-hours': 'No momento, a equipe técnica está fora do horário de atendimento.',
  'one-moment': 'Um momento, por favor.',
  'too-many-tries': 'Não foi possível continuar este atendimento.',
  'system-unavailable': 'Desculpe. O sistema está indisponível no momento.',
  goodbye: 'Agradecemos a ligação. Até logo.',
  'digit-0': 'zero',
  'digit-1': 'um',
  'digit-2': 'dois',
  'digit-3': 'três',
  'digit-4': 'quatro',
  'digit-5': 'cinco',
  'digit-6': 'seis',
  'digit-7': 'sete',
  'digit-8': 'oito',
  'digit-9': 'nove',
}
