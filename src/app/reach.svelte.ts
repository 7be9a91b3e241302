/** Whether the coordinator answers, as far as those know who ask it: what runs meanwhile says that it waits. */
class Reach {
  answers = $state(true)
}

export const reach = new Reach()
